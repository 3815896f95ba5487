import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeFolder } from '../../local/makeFolder.ts';

const root = mkdtempSync(join(tmpdir(), 'topic-mirror-folder-'));

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a folder', () => {
  it('is made with those above it, for whom it is said', () => {
    const path = join(root, 'a', 'b', 'c');
    makeFolder(path, 0o700);
    for (const made of [path, join(root, 'a', 'b'), join(root, 'a')])
      expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it('that is there stays as it is, also behind a link', () => {
    const path = join(root, 'there');
    mkdirSync(path, { mode: 0o750 });
    symlinkSync(path, join(root, 'link'));
    for (const there of [path, join(root, 'link'), '/']) makeFolder(there, 0o700);
    expect(statSync(path).mode & 0o777).toBe(0o750);
  });

  it.each([
    ['where there can be none', '/proc/x/y/z', 'ENOENT'],
    ['directly where there can be none', '/proc/x', 'ENOENT'],
    ['in the place of a file', join(root, 'file'), 'EEXIST'],
    ['below a file', join(root, 'file', 'x', 'y'), 'ENOTDIR'],
  ])('%s is refused at once', (_where, path, code) => {
    writeFileSync(join(root, 'file'), '');
    expect(() => makeFolder(path)).toThrow(code);
  });
});
