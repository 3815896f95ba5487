import type { Run } from '../../shared/catalog/run.ts';
import { NO_ROWS } from './checksum.ts';
import type { ExportFormat } from './formats/format.ts';
import { type ExportColumn, TABLE_NAMES, TABLES, type TableName } from './tables.ts';

/** Of the manifest and of what lies beside it; another version is not read. */
export const EXPORT_VERSION = 1;

/** One file of a table. */
export interface ExportedFile {
  /** From the export's folder, with `/`. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What is exported: which app of which table, as of the end of which run, and how. Times are ISO 8601 UTC. */
export interface Subject {
  readonly version: typeof EXPORT_VERSION;
  readonly format: ExportFormat;
  readonly sdkAppId: number;
  /** The DynamoDB table's name. */
  readonly table: string;
  readonly run: ExportedRun;
}

/** The run whose end is exported. */
export interface ExportedRun extends Pick<Run, 'runId' | 'status' | 'startedAt'> {
  readonly closedAt: string;
  /** Communities that it listed. */
  readonly communities: number;
}

/** A table so far. */
export interface TableState {
  readonly rows: number;
  /** Of all rows, whatever their order: see checksum.ts. */
  readonly checksum: string;
  readonly files: readonly ExportedFile[];
}

/** How many of the rows are taken back to the run's end, because something has been written of them since. */
export interface WrittenSince {
  readonly topics: number;
  readonly communities: number;
}

/** `manifest.json` of a finished export. */
export interface Manifest extends Subject {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly writtenSince: WrittenSince;
  readonly tables: Readonly<Record<TableName, TableState & { readonly columns: readonly ExportColumn[] }>>;
}

/** The tables of an export that has just begun. */
export function noTables(): Record<TableName, TableState> {
  return perTable(() => ({ rows: 0, checksum: NO_ROWS, files: [] }));
}

/** The tables as the manifest has them. */
export function withColumns(tables: Readonly<Record<TableName, TableState>>): Manifest['tables'] {
  return perTable((name) => ({ columns: TABLES[name], ...tables[name] }));
}

/** Something for each table. */
export function perTable<T>(of: (name: TableName) => T): Record<TableName, T> {
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, of(name)])) as Record<TableName, T>;
}
