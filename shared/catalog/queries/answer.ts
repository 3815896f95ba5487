import type { Store } from '../store.ts';
import { cursorAt, type Position, positionOf } from './cursor.ts';

/** The records of an answer, one by one, and where to go on behind those that were taken. */
export interface Answer<T> extends AsyncGenerator<T> {
  /** Goes on behind the last record that was taken; undefined before the first. */
  readonly cursor: string | undefined;
}

/** Where an answer begins. */
export interface Resumed {
  /** Of an earlier answer to the same question: only what stands behind its last record. */
  readonly cursor?: string | undefined;
}

/** A record and its place in the order of the answer. */
export interface Placed<T> {
  readonly record: T;
  readonly at: Position;
}

/** A question whose answer has one order, in which it can begin behind any place. */
export interface Question<Wanted, T> {
  /** Name of the order: questions that share it take each other's cursors. */
  readonly order: string;
  /** Values that a place has. */
  readonly length: number;
  ask(store: Store, sdkAppId: number, wanted: Wanted, after: Position | undefined): AsyncGenerator<Placed<T>>;
}

/**
 * Asks a question of an app's part of a table.
 * @throws {CursorError} when `cursor` is not of such a question, at once
 */
export function answerTo<Wanted, T>(
  { order, length, ask }: Question<Wanted, T>,
  store: Store,
  sdkAppId: number,
  { cursor, ...wanted }: Wanted & Resumed,
): Answer<T> {
  const of = { question: order, sdkAppId, length };
  const after = cursor === undefined ? undefined : positionOf(cursor, of);
  let taken = after;
  async function* records(): AsyncGenerator<T> {
    for await (const { record, at } of ask(store, sdkAppId, wanted as Wanted, after)) {
      taken = at;
      yield record;
    }
  }
  return Object.defineProperty(records(), 'cursor', {
    get: () => taken && cursorAt(of, taken),
  }) as unknown as Answer<T>;
}

/** Gives each record its place. */
export async function* placed<T>(
  records: AsyncIterable<T>,
  placeOf: (record: T) => Position,
): AsyncGenerator<Placed<T>> {
  for await (const record of records) yield { record, at: placeOf(record) };
}
