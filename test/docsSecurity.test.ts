import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const page = readFileSync('docs/security.md', 'utf8');

/** A proof: a test file, and the sentences of it that are named behind the link. */
const proofs = Array.from(
  page.matchAll(/\]\(\.\.\/(test\/[^)]+)\) ((?:“[^”]+”(?:, )?)+)/g),
  ([, file = '', sentences = '']) => ({
    file,
    sentences: Array.from(sentences.matchAll(/“([^”]+)”/g), ([, sentence = '']) => sentence),
  }),
).flatMap(({ file, sentences }) => sentences.map((sentence) => ({ file, sentence })));

/** The rows of the page's tables, without their heads. */
const rows = page
  .split('\n')
  .filter(
    (line, nth, lines) =>
      line.startsWith('| ') && !/^\| ---/.test(lines[nth + 1] ?? '') && !/^\| ---/.test(line),
  );

describe('the threat model', () => {
  it.each(proofs)('is right that $file says: $sentence', ({ file, sentence }) => {
    expect(readFileSync(join(file), 'utf8')).toContain(sentence);
  });

  it('has a proof for every control', () => {
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !/\]\(\.\.\/(test|\.github)\//.test(row))).toEqual([]);
  });
});
