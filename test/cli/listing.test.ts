import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fields } from '../../cli/output/columns.ts';
import { type Format, printListing } from '../../cli/output/listing.ts';
import { printable, printableLines } from '../../cli/output/printable.ts';
import { parseJson } from '../../shared/chat/index.ts';
import { parseCsv } from './parseCsv.ts';

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

/** Texts that somebody could give a topic to do harm: any character, and those that a terminal or spreadsheet obeys. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '=',
          '+',
          '-',
          '@',
          '\t',
          '\r',
          '\n',
          '\r\n',
          "'",
          '"',
          ',',
          ';',
          '|',
          '\\',
          '1',
          'SUM(A1)',
          '\u001b[2J',
        ],
        ...[
          '\u001b]0;gone\u0007',
          '\u009b31m',
          '\u007f',
          '\b',
          '\u0000',
          '\u202e',
          '\u2066',
          '\u2069',
          '\u200f',
        ],
        ...['\u061c', '\u2028', '\uff1d', '\uff20', '‍', '🏳️', 'ا'],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

const hostileRows = fc.array(
  fc
    .record({ id: hostile, name: hostile, count: fc.integer() })
    .map((row): Row => ({ ...row, extra: { [row.id]: row.name } })),
  { minLength: 1, maxLength: 5 },
);

/** What a terminal obeys: control characters but for line breaks, and what turns the direction of writing. */
const OBEYED = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

describe('a listing of texts that mean harm', () => {
  it.each<Format>(['table', 'json', 'jsonl'])('as %s holds nothing that a terminal obeys', async (format) => {
    await fc.assert(
      fc.asyncProperty(hostileRows, async (rows) => {
        expect(await printed(rows, format)).not.toMatch(OBEYED);
      }),
    );
  });

  it.each<Format>(['json', 'jsonl'])('as %s is the same to the letter once it is read', async (format) => {
    await fc.assert(
      fc.asyncProperty(hostileRows, async (rows) => {
        const text = await printed(rows, format);
        const read = format === 'json' ? parseJson(text) : text.trimEnd().split('\n').map(parseJson);
        expect(read).toEqual(rows);
      }),
    );
  });

  it('as csv has no cell that is a formula, and none that a terminal obeys but for tabs and line breaks', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRows, async (rows) => {
        const text = await printed(rows, 'csv');
        expect(text.replaceAll(/\t|\r\n/g, '')).not.toMatch(OBEYED);
        const [, ...records] = parseCsv(text);
        expect(records).toHaveLength(rows.length);
        for (const [nth, [id = '', name = '', count]] of records.entries()) {
          for (const cell of [id, name]) expect(cell).not.toMatch(/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/);
          // An apostrophe and nothing else is added, and only where it is needed.
          for (const [cell, given = ''] of [
            [id, rows[nth]?.id],
            [name, rows[nth]?.name],
          ] as const) {
            const shown = printableLines(given);
            expect(cell).toBe(/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(shown) ? `'${shown}` : shown);
          }
          expect(Number(count)).toBe(rows[nth]?.count);
        }
      }),
    );
  });

  it.each([
    ['=HYPERLINK("http://example.com","x")', `"'=HYPERLINK(""http://example.com"",""x"")"`],
    ['+1', "'+1"],
    ['-1+cmd', "'-1+cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r\n=1', `"'\r\n=1"`],
    ['\r=1', '\\u000d=1'],
    ['a=1', 'a=1'],
  ])('as csv shows %j as text', async (name, cell) => {
    expect(await printed([{ id: 'a', name }], 'csv')).toBe(`id,name,count\na,${cell},\n`);
  });
});

describe('a long listing', () => {
  it('as a table is printed 500 rows at a time, each with its head', async () => {
    let printed = '';
    let printedOnTheWay = '';
    const out = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        printed += chunk;
        done();
      },
    });
    async function* rows(): AsyncGenerator<Row> {
      for (let nth = 0; nth < 1_250; nth++) yield { id: `row ${nth}` };
      printedOnTheWay = printed;
    }
    expect(await printListing(rows(), COLUMNS, 'table', out)).toBe(1_250);
    expect(printed.match(/│ id /g)).toHaveLength(3);
    expect(printed.match(/│ row \d+ /g)).toHaveLength(1_250);
    expect(printedOnTheWay.match(/│ row \d+ /g)).toHaveLength(1_000);
  });

  it('as a table of just 500 rows has no empty one below it', async () => {
    const rows = Array.from({ length: 500 }, (_, nth) => ({ id: `row ${nth}` }));
    expect((await printed(rows, 'table')).match(/│ id /g)).toHaveLength(1);
  });
});

describe('a listing whose reader goes', () => {
  const failing = (code: string) =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });

  it.each([
    ['EPIPE', true],
    ['ENOSPC', false],
  ])('at %s ends what it reads, and says whether that is a failure', async (code, isReaderGone) => {
    let isEnded = false;
    async function* rows(): AsyncGenerator<Row> {
      try {
        for (;;) yield { id: 'a' };
      } finally {
        isEnded = true;
      }
    }
    const out = failing(code).on('error', () => {});
    await expect(printListing(rows(), COLUMNS, 'jsonl', out)).rejects.toMatchObject({
      name: 'OutputError',
      message: `stdout cannot be written: ${code}`,
      isReaderGone,
    });
    expect(isEnded).toBe(true);
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
