import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Sink } from '../partFile.ts';
import type { Cell, Row } from '../rows.ts';
import type { ColumnType, ExportColumn } from '../tables.ts';
import type { CreateRowWriter } from './format.ts';

/**
 * A row group ends at so many rows, or characters of their JSON: it is all that is in memory, and readers take it as a whole.
 */
const GROUP_ROWS = 50_000;
const GROUP_CHARACTERS = 16 << 20;

/** JSON is declared as plain text, which every reader gives as it is. */
const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
} as const satisfies Record<ColumnType, object>;

/** Snappy, the compression that every reader knows. */
export const createParquetWriter: CreateRowWriter = (columns, sink) => {
  const parquet = new ParquetWriter({ writer: bytesTo(sink), schema: schemaOf(columns) });
  let group: Row[] = [];
  let characters = 0;
  const flush = () => {
    if (group.length === 0) return;
    parquet.write({ columnData: columnsOf(columns, group), rowGroupSize: group.length });
    group = [];
    characters = 0;
  };
  return {
    write: (rows) => {
      for (const row of rows) {
        group.push(row);
        characters += row.text.length;
        if (group.length >= GROUP_ROWS || characters >= GROUP_CHARACTERS) flush();
      }
    },
    end: () => {
      flush();
      parquet.finish();
    },
  };
};

/** The library's buffer, emptied into a file after every row group. */
function bytesTo(sink: Sink): ByteWriter {
  const writer = new ByteWriter();
  const empty = () => {
    sink.write(writer.getBytes());
    writer.index = 0;
  };
  return Object.assign(writer, { flush: empty, finish: empty });
}

function schemaOf(columns: readonly ExportColumn[]) {
  const fields = columns.map(({ name, type, required }) => ({
    name,
    ...TYPES[type],
    repetition_type: required ? ('REQUIRED' as const) : ('OPTIONAL' as const),
  }));
  return [{ name: 'root', num_children: fields.length }, ...fields];
}

function columnsOf(columns: readonly ExportColumn[], rows: readonly Row[]) {
  return columns.map(({ name }, nth) => ({ name, data: rows.map(({ cells }) => value(cells[nth])) }));
}

function value(cell: Cell): string | bigint | boolean | null {
  return typeof cell === 'number' ? BigInt(cell) : (cell ?? null);
}
