import type { Answer } from '../../shared/catalog/queries/index.ts';
import type { Column } from './columns.ts';
import { type Format, printListing } from './listing.ts';

/** What is printed of an answer. */
export interface Printed<T, R extends object> {
  /** As a listing shows it. */
  record(value: T): R;
  /** Default all. */
  isWanted?(value: T): boolean;
  /** Most records to print. */
  readonly limit?: number | undefined;
}

/**
 * Prints an answer as it comes. Where it ends at the limit and there is more, stderr says how to go on: what is on
 * stdout is data.
 */
export async function printAnswer<T, R extends object>(
  answer: Answer<T>,
  { record, isWanted = () => true, limit = Number.POSITIVE_INFINITY }: Printed<T, R>,
  columns: readonly Column<R>[],
  format: Format,
): Promise<void> {
  let next: string | undefined;
  async function* page(): AsyncGenerator<R> {
    let left = limit;
    for await (const value of answer) {
      if (left === 0) return;
      next = undefined;
      if (!isWanted(value)) continue;
      left -= 1;
      // Known only once somebody asks for the record behind the last one, which is not looked at.
      if (left === 0) next = answer.cursor;
      yield record(value);
    }
    next = undefined;
  }
  await printListing(page(), columns, format);
  if (next !== undefined) console.error(`there is more; to go on: --after ${next}`);
}

/** How many records to ask for, so that those which are printed are known to be all, or not. */
export function oneMore(limit: number | undefined): number | undefined {
  return limit === undefined ? undefined : limit + 1;
}
