import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fields } from '../../cli/output/columns.ts';
import { type Format, printListing } from '../../cli/output/listing.ts';
import { printable } from '../../cli/output/printable.ts';
import { parseJson } from '../../shared/chat/index.ts';

interface Row {
  readonly id: string;
  readonly name?: string;
  readonly count?: number;
  readonly extra?: object;
}

const COLUMNS = fields<Row>('id', 'name', 'count');

async function printed(rows: readonly Row[], format: Format): Promise<string> {
  const out = new PassThrough();
  const read = text(out);
  await printListing(one(rows), COLUMNS, format, out);
  out.end();
  return read;
}

async function* one<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const ROWS: readonly Row[] = [
  { id: 'a', name: 'quote " comma , line\nend', count: 0 },
  { id: 'b', extra: { big: 18446744073709551615n } },
];

describe('a listing', () => {
  it('as json is one array of whole records, integers beyond 2^53 included', async () => {
    expect(parseJson(await printed(ROWS, 'json'))).toEqual(ROWS);
    expect(JSON.parse(await printed([], 'json'))).toEqual([]);
  });

  it('as jsonl is one whole record a line', async () => {
    const lines = (await printed(ROWS, 'jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => parseJson(line))).toEqual(ROWS);
  });

  it('as csv has a head, quotes what needs it, and leaves absent fields empty', async () => {
    expect(await printed(ROWS, 'csv')).toBe('id,name,count\na,"quote "" comma , line\nend",0\nb,,\n');
  });

  it('as a table shows the columns and shortens long cells', async () => {
    const table = await printed([{ id: 'x'.repeat(100) }], 'table');
    expect(table).toContain('│ id ');
    expect(table).toContain(`${'x'.repeat(59)}…`);
    expect(await printed([], 'table')).toBe('nothing to show\n');
  });

  it('as a table never lets a name control the terminal', async () => {
    const table = await printed([{ id: '\u001b[2Jgone\u202etxt' }], 'table');
    expect(table).toContain('\\u001b[2Jgone\\u202etxt');
    expect(table).not.toContain('\u001b');
  });
});

describe('printable text', () => {
  it('has no control character, whatever it was made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(printable(value)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it('keeps names in every script, and emoji that are joined', () => {
    const name = 'Общий 雑談 النقاش 🏳️‍🌈 हिन्दी';
    expect(printable(name)).toBe(name);
  });
});
