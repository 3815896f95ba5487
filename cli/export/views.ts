import type { ExportFormat } from './formats/format.ts';
import { type ColumnType, type ExportColumn, TABLE_NAMES, TABLES, type TableName } from './tables.ts';

/** DuckDB's types. */
const TYPES = {
  text: 'VARCHAR',
  json: 'VARCHAR',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
} as const satisfies Record<ColumnType, string>;

/**
 * SQL that shows an export's tables to DuckDB as views of the same names, alike in every format. Paths are from the export's
 * folder: `cd DIR && duckdb -init views.sql`.
 */
export function viewsOf(format: ExportFormat): string {
  return TABLE_NAMES.map((table) => viewOf(table, format)).join('\n');
}

function viewOf(table: TableName, format: ExportFormat): string {
  const columns: readonly ExportColumn[] = TABLES[table];
  const files = `'${table}/*.${format}'`;
  const types = columns.map(({ name, type }) => `${name}: '${TYPES[type]}'`).join(', ');
  if (format === 'parquet') return view(table, '*', `read_parquet(${files})`);
  if (format === 'jsonl')
    return view(table, '*', `read_json(${files}, format = 'newline_delimited', columns = {${types}})`);
  // Quoted and empty is an empty text, only empty is none; without parallel reading a line break may be in a cell.
  const options = `header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false, parallel = false, auto_detect = false`;
  return view(
    table,
    columns.map(withoutApostrophe).join(', '),
    `read_csv(${files}, ${options}, columns = {${types}})`,
  );
}

function withoutApostrophe({ name, type }: ExportColumn): string {
  return type === 'text' ? `CASE WHEN ${name}[1] = '''' THEN ${name}[2:] ELSE ${name} END AS ${name}` : name;
}

function view(name: TableName, columns: string, source: string): string {
  return `CREATE OR REPLACE VIEW ${name} AS SELECT ${columns} FROM ${source};\n`;
}
