import { join } from 'node:path';
import { addRows } from './checksum.ts';
import type { CreateRowWriter, ExportFormat, RowWriter } from './formats/format.ts';
import type { TableState } from './manifest.ts';
import { openPart, type PartFile } from './partFile.ts';
import type { Row } from './rows.ts';
import { TABLES, type TableName } from './tables.ts';

/** When a part ends, at the next community: what a crash costs at most is to read so much again. */
export interface PartSize {
  readonly rows: number;
  readonly bytes: number;
}

export const PART_SIZE: PartSize = { rows: 250_000, bytes: 256 << 20 };

/** The file that a table's rows go to at present. Opened with the first row: no part is empty unless it is asked for. */
export interface OpenTable {
  add(rows: readonly Row[]): void;
  /** Whether its part is as large as a part should be. */
  isFull(size: PartSize): boolean;
  /** Ends the part, if there is one. @param always makes one without rows where the table has no part at all */
  close(always?: boolean): TableState;
  /** Leaves the part under its temporary name. */
  abandon(): void;
}

interface Part {
  readonly file: PartFile;
  readonly writer: RowWriter;
  rows: number;
}

/** @param before the table as its finished parts have it */
export function openTable(
  folder: string,
  table: TableName,
  format: ExportFormat,
  createWriter: CreateRowWriter,
  before: TableState,
): OpenTable {
  let state = before;
  let { checksum } = before;
  let part: Part | undefined;
  const path = () => `${table}/part-${String(state.files.length).padStart(5, '0')}.${format}`;
  const begin = (): Part => {
    const file = openPart(join(folder, path()));
    return { file, writer: createWriter(TABLES[table], file), rows: 0 };
  };
  const end = ({ file, writer, rows }: Part) => {
    writer.end();
    const named = { path: path(), rows, bytes: file.bytes, sha256: file.publish() };
    state = { rows: state.rows + rows, checksum, files: [...state.files, named] };
  };
  return {
    add: (rows) => {
      if (rows.length === 0) return;
      part ??= begin();
      part.writer.write(rows);
      part.rows += rows.length;
      checksum = addRows(checksum, rows);
    },
    isFull: ({ rows, bytes }) => part !== undefined && (part.rows >= rows || part.file.bytes >= bytes),
    close: (always = false) => {
      if (always && state.files.length === 0) part ??= begin();
      if (part) end(part);
      part = undefined;
      return state;
    },
    abandon: () => part?.file.abandon(),
  };
}
