import type { Writable } from 'node:stream';
import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { type JsonValue, stringifyJson } from '../../shared/chat/index.ts';
import type { Column } from './columns.ts';
import { OutputError } from './outputError.ts';
import { printable, printableLines } from './printable.ts';

export const FORMATS = ['table', 'json', 'jsonl', 'csv'] as const;

export type Format = (typeof FORMATS)[number];

/** Rows of a table whose columns are made as wide as they need; what follows is a table of its own below it. */
const TABLE_ROWS = 500;

/**
 * Prints records as they come: json, jsonl and csv one by one, a table 500 rows at a time, so that memory does
 * not grow with the listing. json and jsonl hold whole records, to the letter; table and csv the given columns, their
 * text made harmless for a terminal, and for a spreadsheet.
 * @returns how many there were
 * @throws {OutputError} when `out` takes no more; the records are ended first
 */
export async function printListing<T extends object>(
  records: AsyncIterable<T>,
  columns: readonly Column<T>[],
  format: Format,
  out: Writable = process.stdout,
): Promise<number> {
  listed.add(out);
  const count = await printRecords(records, columns, format, out);
  listed.delete(out);
  return count;
}

/** Where a listing is being printed, or could not be. */
const listed = new WeakSet<Writable>();

/** Whether what happens to a stream is a listing's to tell: it ends what it reads before it ends the command. */
export function isListed(out: Writable): boolean {
  return listed.has(out);
}

async function printRecords<T extends object>(
  records: AsyncIterable<T>,
  columns: readonly Column<T>[],
  format: Format,
  out: Writable,
): Promise<number> {
  const print = printers[format] as (columns: readonly Column<T>[]) => Printer<T>;
  const { head, row, tail } = print(columns);
  let count = 0;
  await write(out, head);
  for await (const record of records) {
    await write(out, row(record, count));
    count += 1;
  }
  await write(out, tail(count));
  return count;
}

/** The texts before, for and after the records. */
interface Printer<T> {
  readonly head: string;
  row(record: T, index: number): string;
  tail(count: number): string;
}

const printers = {
  jsonl: <T extends object>(): Printer<T> => ({
    head: '',
    row: (record) => `${json(record)}\n`,
    tail: () => '',
  }),
  json: <T extends object>(): Printer<T> => ({
    head: '[',
    row: (record, index) => `${index === 0 ? '\n' : ',\n'}${json(record)}`,
    tail: (count) => (count === 0 ? ']\n' : '\n]\n'),
  }),
  csv: <T extends object>(columns: readonly Column<T>[]): Printer<T> => ({
    head: stringify([columns.map(({ name }) => name)]),
    row: (record) => stringify([columns.map((column) => csvCell(column.value(record)))], CSV),
    tail: () => '',
  }),
  table: <T extends object>(columns: readonly Column<T>[]): Printer<T> => {
    const rows = createRows(columns.map(({ name }) => name));
    return {
      head: '',
      row: (record) => {
        rows.push(columns.map((column) => shorten(printable(cell(column.value(record))))));
        return rows.count() < TABLE_ROWS ? '' : rows.take();
      },
      tail: (count) => (count === 0 ? 'nothing to show\n' : rows.take()),
    };
  },
};

/** Rows of a table that is printed when they are taken. */
function createRows(head: string[]) {
  const empty = () => new Table({ head, style: { head: [], border: [], compact: true } });
  let table = empty();
  return {
    push: (row: string[]) => table.push(row),
    count: () => table.length,
    take: () => {
      const text = table.length === 0 ? '' : `${table.toString()}\n`;
      table = empty();
      return text;
    },
  };
}

/** What JSON leaves as it is, and a terminal obeys, is escaped, too: it is the same JSON. */
function json(record: object): string {
  return printable(stringifyJson(record as JsonValue));
}

/** Whether a cell that a spreadsheet takes for a formula gets an apostrophe, which shows that it is text. */
const CSV = { escape_formulas: true };

/** A number stays one: a negative one is no formula. */
function csvCell(value: unknown): string | number {
  return typeof value === 'number' ? value : printableLines(cell(value));
}

/** A value as one cell: text as it is, absent as empty, anything else as JSON. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value as JsonValue);
}

const WIDEST_CELL = 60;

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > WIDEST_CELL ? `${characters.slice(0, WIDEST_CELL - 1).join('')}…` : text;
}

/** Ends when the text is written: a slow reader is waited for. */
async function write(out: Writable, text: string): Promise<void> {
  if (text === '') return;
  await new Promise<void>((resolve, reject) => {
    out.write(text, (error) => (error ? reject(new OutputError(error)) : resolve()));
  });
}
