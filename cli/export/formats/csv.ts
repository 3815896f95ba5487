import { stringify } from 'csv-stringify/sync';
import type { Cell } from '../rows.ts';
import type { CreateRowWriter } from './format.ts';
import { textChunks } from './textChunks.ts';

/**
 * RFC 4180 with lines that end in a line feed. An absent cell is empty, an empty text is `""`. A cell that a spreadsheet
 * takes for a formula gets an apostrophe in front.
 */
const CSV = { escape_formulas: true, quoted_match: /^$/ };

/**
 * Writes a header and a line a row. Who takes away the apostrophe that a text cell begins with, if it does, has the rows to
 * the letter: a text that begins with one of its own gets another.
 */
export const createCsvWriter: CreateRowWriter = (columns, sink) => {
  const chunks = textChunks(sink);
  chunks.add(stringify([columns.map(({ name }) => name)]));
  return {
    write: (rows) => {
      if (rows.length > 0)
        chunks.add(
          stringify(
            rows.map(({ cells }) => cells.map(csvCell)),
            CSV,
          ),
        );
    },
    end: () => chunks.flush(),
  };
};

function csvCell(cell: Cell): Exclude<Cell, boolean> {
  if (typeof cell === 'boolean') return String(cell);
  return typeof cell === 'string' && cell.startsWith("'") ? `'${cell}` : cell;
}
