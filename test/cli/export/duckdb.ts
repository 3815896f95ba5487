import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBBlobValue, DuckDBInstance } from '@duckdb/node-api';
import { addRows, NO_ROWS } from '../../../cli/export/checksum.ts';
import { type Cell, rowFrom } from '../../../cli/export/rows.ts';
import { type ExportColumn, TABLES, type TableName } from '../../../cli/export/tables.ts';

/** An export as DuckDB reads it. */
export interface Loaded {
  /** The rows that a statement gives, integers as numbers. */
  query(sql: string): Promise<Record<string, Cell | null>[]>;
  /** How many rows a table has, and their checksum, from the values that DuckDB gives. */
  contents(table: TableName): Promise<{ rows: number; checksum: string }>;
  close(): void;
}

/** Loads an export by its own views. */
export async function load(folder: string): Promise<Loaded> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const views = readFileSync(join(folder, 'views.sql'), 'utf8');
  // The views' paths are from the export's folder, which is not where the tests run.
  await connection.run(views.replaceAll(/'(\w+\/\*\.\w+)'/g, (_, path: string) => `'${join(folder, path)}'`));
  const query: Loaded['query'] = async (sql) => {
    const reader = await connection.runAndReadAll(sql);
    const [names, rows] = [reader.columnNames(), reader.getRows()];
    return rows.map((row) => Object.fromEntries(row.map((value, nth) => [names[nth], plain(value)])));
  };
  return {
    query,
    contents: async (table) => {
      const columns: readonly ExportColumn[] = TABLES[table];
      const cells = columns.map(({ name, type }) =>
        type === 'text' || type === 'json' ? `encode("${name}") AS "${name}"` : `"${name}"`,
      );
      const found = await query(`SELECT ${cells.join(', ')} FROM ${table}`);
      const rows = found.map((row) =>
        rowFrom(
          columns,
          columns.map(({ name }) => row[name] ?? undefined),
        ),
      );
      return { rows: rows.length, checksum: addRows(NO_ROWS, rows) };
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Bytes become text: DuckDB's own texts lose a byte order mark when they become JavaScript's. */
function plain(value: unknown): Cell | null {
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('utf8');
  return typeof value === 'bigint' ? Number(value) : (value as Cell | null);
}
