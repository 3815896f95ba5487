import type { Sink } from '../partFile.ts';
import type { Row } from '../rows.ts';
import type { ExportColumn } from '../tables.ts';

export const EXPORT_FORMATS = ['parquet', 'jsonl', 'csv'] as const;

/** What an export is written in; also the ending of its files. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Writes the rows of one file. */
export interface RowWriter {
  write(rows: readonly Row[]): void;
  /** Writes what is still in memory, and whatever ends a file. */
  end(): void;
}

/** Begins a file with the given columns. */
export type CreateRowWriter = (columns: readonly ExportColumn[], sink: Sink) => RowWriter;

/** The writer of a format. Loaded when it is needed: a listing needs none. */
export async function writerOf(format: ExportFormat): Promise<CreateRowWriter> {
  if (format === 'parquet') return (await import('./parquet.ts')).createParquetWriter;
  return format === 'csv'
    ? (await import('./csv.ts')).createCsvWriter
    : (await import('./jsonl.ts')).createJsonlWriter;
}
