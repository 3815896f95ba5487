import { once } from 'node:events';
import type { Writable } from 'node:stream';
import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { type JsonValue, stringifyJson } from '../../shared/chat/index.ts';
import type { Column } from './columns.ts';
import { printable } from './printable.ts';

export const FORMATS = ['table', 'json', 'jsonl', 'csv'] as const;

export type Format = (typeof FORMATS)[number];

/**
 * Prints records as they come: json, jsonl and csv one by one, a table once all are known. json and jsonl hold
 * whole records, table and csv the given columns.
 * @returns how many there were
 */
export async function printListing<T extends object>(
  records: AsyncIterable<T>,
  columns: readonly Column<T>[],
  format: Format,
  out: Writable = process.stdout,
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
    row: (record) => stringify([columns.map((column) => cell(column.value(record)))]),
    tail: () => '',
  }),
  table: <T extends object>(columns: readonly Column<T>[]): Printer<T> => {
    const table = new Table({
      head: columns.map(({ name }) => name),
      style: { head: [], border: [], compact: true },
    });
    return {
      head: '',
      row: (record) => {
        table.push(columns.map((column) => shorten(printable(cell(column.value(record))))));
        return '';
      },
      tail: (count) => (count === 0 ? 'nothing to show\n' : `${table.toString()}\n`),
    };
  },
};

function json(record: object): string {
  return stringifyJson(record as JsonValue);
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

async function write(out: Writable, text: string): Promise<void> {
  if (text !== '' && !out.write(text)) await once(out, 'drain');
}
