import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addRows, NO_ROWS } from '../../../cli/export/checksum.ts';
import { EXPORT_FORMATS, type ExportFormat, writerOf } from '../../../cli/export/formats/format.ts';
import { openPart } from '../../../cli/export/partFile.ts';
import { type Row, rowOf } from '../../../cli/export/rows.ts';
import { TABLES } from '../../../cli/export/tables.ts';
import { viewsOf } from '../../../cli/export/views.ts';
import { stringifyJson } from '../../../shared/chat/index.ts';
import { ids, topicDetails } from '../../arbitraries.ts';
import { parseCsv } from '../parseCsv.ts';
import { load } from './duckdb.ts';
import { useFolders } from './folders.ts';

const freshFolder = useFolders();

/** Writes a table of topics as an export does. */
async function written(format: ExportFormat, rows: readonly Row[]): Promise<string> {
  const folder = freshFolder();
  mkdirSync(join(folder, 'topics'));
  const part = openPart(join(folder, 'topics', `part-00000.${format}`));
  const writer = (await writerOf(format))(TABLES.topics, part);
  writer.write(rows);
  writer.end();
  part.publish();
  const [ofTopics = ''] = viewsOf(format).split('\n');
  writeFileSync(join(folder, 'views.sql'), ofTopics);
  return folder;
}

const textOf = (folder: string, format: ExportFormat) =>
  readFileSync(join(folder, 'topics', `part-00000.${format}`), 'utf8');

const topic = (fields: object) =>
  rowOf('topics', {
    ...{ groupId: '@TGS#g', topicId: '@TGS#t', status: 'active' },
    ...{ firstSeenAt: '2026-11-22T01:00:00.000Z', lastChangedAt: '2026-11-22T01:00:00.000Z' },
    ...fields,
  });

/** Text that one reader or another takes for something else. */
const HOSTILE = [
  '',
  ' ',
  'NULL',
  '\\N',
  'null',
  "'",
  "'=1+1",
  "''",
  '=HYPERLINK("http://example.com","x")',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '＝1',
  '"',
  '""',
  '","',
  'a"b,c',
  'a\nb',
  'a\r\nb',
  'a\rb',
  '\n',
  '\\',
  '\\"',
  '# no comment',
  '1e400',
  '0012',
  'true',
  '2026-11-22',
  '\u0000',
  '\u001b[31mred',
  '\u202egnp.exe',
  '\u2028',
  '\ufeffmark',
  'é'.normalize('NFD'),
  '👩‍👩‍👧',
  '{"a":1}',
  '[',
  'x'.repeat(100_000),
];

const rows = fc.array(
  fc
    .record({ groupId: ids, topicId: ids, profile: topicDetails, hostile: fc.constantFrom(...HOSTILE) })
    .map(({ profile, hostile, ...keys }) => topic({ ...profile, customString: hostile, ...keys })),
  { maxLength: 30 },
);

describe.each(EXPORT_FORMATS)('a table in %s', (format) => {
  it('is read by DuckDB as it was written, absent and empty told apart', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const loaded = await load(await written(format, all));
        expect(await loaded.contents('topics')).toEqual({
          rows: all.length,
          checksum: addRows(NO_ROWS, all),
        });
        loaded.close();
      }),
      { numRuns: 15 },
    );
  });

  it('keeps each hostile text', async () => {
    const all = HOSTILE.map((text, nth) =>
      topic({ topicId: `t${nth}`, topicName: text, extra: { [text]: text } }),
    );
    const loaded = await load(await written(format, all));
    const found = await loaded.query(
      'SELECT encode(topicName) AS topicName, extra FROM topics ORDER BY CAST(topicId[2:] AS INTEGER)',
    );
    loaded.close();
    expect(found).toEqual(
      HOSTILE.map((text) => ({ topicName: text, extra: stringifyJson({ [text]: text }) })),
    );
  });

  it('has its columns and types without a row', async () => {
    const loaded = await load(await written(format, []));
    const types = await loaded.query('SELECT column_name, column_type FROM (DESCRIBE topics)');
    loaded.close();
    const expected = { text: 'VARCHAR', json: 'VARCHAR', integer: 'BIGINT', boolean: 'BOOLEAN' };
    expect(types.map(({ column_name, column_type }) => [column_name, column_type])).toEqual(
      TABLES.topics.map(({ name, type }) => [name, expected[type]]),
    );
  });
});

describe('a table in CSV', () => {
  it('has no cell that a spreadsheet takes for a formula', async () => {
    const all = HOSTILE.map((text) => topic({ topicName: text, groupId: `@${text}` }));
    const cells = parseCsv(textOf(await written('csv', all), 'csv')).flat();
    expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
    expect(cells).toContain("'@SUM(A1)");
    // Its own apostrophe, and the one that shows that it is text.
    expect(cells).toContain("''=1+1");
  });
});

describe('a table in JSON lines', () => {
  it('has nothing that a terminal obeys, and is the same JSON', async () => {
    const all = HOSTILE.map((text) => topic({ topicName: text }));
    const text = textOf(await written('jsonl', all), 'jsonl');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
    const names = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { topicName: string }).topicName);
    expect(names).toEqual(HOSTILE);
  });
});

describe('a table in Parquet', () => {
  it('of many rows has several row groups', async () => {
    const all = Array.from({ length: 50_001 }, (_, nth) => topic({ topicId: `t${nth}`, nextMsgSeq: nth }));
    const folder = await written('parquet', all);
    const loaded = await load(folder);
    const path = join(folder, 'topics', 'part-00000.parquet');
    const [groups] = await loaded.query(
      `SELECT count(DISTINCT row_group_id) AS groups, max(row_group_num_rows) AS most FROM parquet_metadata('${path}')`,
    );
    expect(groups).toEqual({ groups: 2, most: 50_000 });
    expect(await loaded.contents('topics')).toEqual({ rows: all.length, checksum: addRows(NO_ROWS, all) });
    loaded.close();
  });
});
