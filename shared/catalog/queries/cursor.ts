import * as v from 'valibot';

/** A cursor that goes with no such question. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/**
 * Where a record stands in its answer: the values by which the answer is sorted, as many as its order needs.
 * Records of a question have positions of one length.
 */
export type Position = readonly string[];

/** What a cursor is for: its question's order, and the app. */
export interface CursorOf {
  readonly question: string;
  readonly sdkAppId: number;
  /** Values that a position has. */
  readonly length: number;
}

/** Part of every cursor: raised when an order changes. */
const CURSOR_VERSION = 1;

const shape = v.object({
  v: v.literal(CURSOR_VERSION),
  of: v.string(),
  app: v.number(),
  at: v.array(v.string()),
});

/** A cursor that goes on behind a position: opaque, one word, safe in a URL and in a shell. */
export function cursorAt({ question, sdkAppId }: CursorOf, at: Position): string {
  return Buffer.from(JSON.stringify({ v: CURSOR_VERSION, of: question, app: sdkAppId, at })).toString(
    'base64url',
  );
}

/** The position that a cursor goes on behind. @throws {CursorError} unless it is of the same question and app */
export function positionOf(cursor: string, { question, sdkAppId, length }: CursorOf): Position {
  const parsed = v.safeParse(shape, parsedJson(cursor));
  if (!parsed.success) throw new CursorError(`${JSON.stringify(cursor)} is no cursor of this catalog`);
  const { of, app, at } = parsed.output;
  if (of !== question)
    throw new CursorError(`the cursor is of another question: of ${of}, not of ${question}`);
  if (app !== sdkAppId) throw new CursorError(`the cursor is of another app: of ${app}, not of ${sdkAppId}`);
  if (at.length !== length) throw new CursorError(`${JSON.stringify(cursor)} is no cursor of this catalog`);
  return at;
}

function parsedJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
