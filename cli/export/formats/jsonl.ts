import { printable } from '../../output/printable.ts';
import type { CreateRowWriter } from './format.ts';
import { textChunks } from './textChunks.ts';

/** A row a line. What JSON leaves as it is, and a terminal obeys, is escaped: it is the same JSON. */
export const createJsonlWriter: CreateRowWriter = (_columns, sink) => {
  const chunks = textChunks(sink);
  return {
    write: (rows) => {
      for (const { text } of rows) chunks.add(`${printable(text)}\n`);
    },
    end: () => chunks.flush(),
  };
};
