import type { JsonValue } from '../../shared/chat/index.ts';
import { canonical } from '../../shared/sync/canonical.ts';
import { type ExportColumn, TABLES, type TableName } from './tables.ts';

/** A cell: what a column of its type holds; undefined where the record lacks the field. */
export type Cell = string | number | boolean | undefined;

/** A row, its cells in the order of the table's columns. */
export interface Row {
  readonly cells: readonly Cell[];
  /** The row as canonical JSON: the columns' order, no field that is absent. Checksums are made of it. */
  readonly text: string;
}

/** Rows of one table, in an order that means nothing. */
export interface Batch {
  readonly table: TableName;
  readonly rows: readonly Row[];
}

/** The row that a record of the command line makes; fields that are no columns are left out. */
export function rowOf(table: TableName, record: object): Row {
  const columns: readonly ExportColumn[] = TABLES[table];
  return rowFrom(
    columns,
    columns.map(({ name, type }) => cell((record as Record<string, unknown>)[name], type)),
  );
}

/** The row that has such cells. */
export function rowFrom(columns: readonly ExportColumn[], cells: readonly Cell[]): Row {
  const present = columns
    .map(({ name }, nth) => [name, cells[nth]])
    .filter(([, value]) => value !== undefined);
  return { cells, text: JSON.stringify(Object.fromEntries(present)) };
}

function cell(value: unknown, type: ExportColumn['type']): Cell {
  if (value === undefined || value === null) return undefined;
  // The store keeps maps without an order: equal values must have equal texts.
  return type === 'json' ? canonical(value as JsonValue) : (value as Cell);
}
