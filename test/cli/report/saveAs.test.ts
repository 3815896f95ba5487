import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { GENERATOR } from '../../../cli/report/page/generator.ts';
import { checkTarget, saveAs } from '../../../cli/report/saveAs.ts';

const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-report-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('where a report goes', () => {
  it('may be a new file, or an earlier report', () => {
    const report = fileOf('old.html', `<!DOCTYPE html><head><meta name="generator" content="${GENERATOR}">`);
    checkTarget(join(folder, 'new.html'), false);
    checkTarget(report, false);
  });

  it('may not be anything else, unless it is forced', () => {
    const notes = fileOf('notes.txt', 'my notes');
    expect(() => checkTarget(notes, false)).toThrow(/notes\.txt.* is no report; .*--force/);
    checkTarget(notes, true);
    expect(readFileSync(notes, 'utf8')).toBe('my notes');
  });

  it('may never be a folder, nor be in one that is not there', () => {
    mkdirSync(join(folder, 'sub'));
    expect(() => checkTarget(join(folder, 'sub'), true)).toThrow(/is no file/);
    expect(() => checkTarget(join(folder, 'gone', 'a.html'), true)).toThrow(/no folder .*gone.*make it/);
  });

  it('is replaced as a whole, and nothing is left beside it', () => {
    const file = fileOf('whole.html', 'before');
    saveAs(file, 'after');
    expect(readFileSync(file, 'utf8')).toBe('after');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('says what is in the way when it cannot be written, and leaves nothing', () => {
    const sub = join(folder, 'target');
    mkdirSync(join(sub, 'inside'), { recursive: true });
    expect(() => saveAs(sub, 'text')).toThrow(/target cannot be written/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
