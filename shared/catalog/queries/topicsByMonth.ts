import type { Snapshot } from '../../sync/snapshot.ts';
import { monthPartition, SHARDS } from '../keys.ts';
import { monthsBetween } from '../months.ts';
import type { Store } from '../store.ts';
import type { TableIndex } from '../table.ts';
import type { Placed } from './answer.ts';
import type { Position } from './cursor.ts';
import { entriesOf, topicsAt } from './filedTopics.ts';
import { inTurn } from './inTurn.ts';

/** Which topics of an index that is kept by month are wanted. Times are ISO 8601 UTC with milliseconds. */
export interface MonthsWanted {
  /** The first instant. */
  readonly from: string;
  /** The instant before which they must stand. */
  readonly before: string;
  /** About how many will be taken: what is read ahead is no more. */
  readonly limit?: number | undefined;
}

/** Months that are asked for their first entries while an earlier one is told; with them 96 queries are under way. */
const MONTHS_AHEAD = 5;

/** Yields topics in the order of the index's time, oldest first, then of groupId and topicId. */
export function topicsByMonth(
  store: Store,
  sdkAppId: number,
  index: TableIndex,
  { from, before, limit }: MonthsWanted,
  after: Position | undefined,
): AsyncGenerator<Placed<Snapshot>> {
  const [resumed = from] = after ?? [];
  const range = { from: resumed > from ? resumed : from, to: lastBefore(before) };
  const months = monthsBetween(range.from, range.to).map((month) => {
    const partitions = Array.from({ length: SHARDS }, (_, shard) => monthPartition(sdkAppId, month, shard));
    return entriesOf(store, index, partitions, range, limit);
  });
  const entries = inTurn(months, MONTHS_AHEAD);
  return topicsAt(store, sdkAppId, entries, { index, range, limit }, after);
}

/** The last instant that a catalog's time can name before another. */
function lastBefore(time: string): string {
  return new Date(Date.parse(time) - 1).toISOString();
}
