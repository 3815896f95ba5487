import type { Change, ChangeKind } from '../../sync/snapshot.ts';
import { dayOf, toChange } from '../changes.ts';
import { changeDay, SHARDS } from '../keys.ts';
import { mergeSorted } from '../mergeSorted.ts';
import { queryItems } from '../readItems.ts';
import type { Expression, Store } from '../store.ts';
import { TABLE } from '../table.ts';
import { byIds } from '../topicOrder.ts';
import type { Position } from './cursor.ts';
import { daysBetween, endOf, startOf } from './days.ts';

/** Which changes are wanted. Times are ISO 8601 UTC with milliseconds. */
export interface ChangesWanted {
  /** When they were observed: the first instant, and the last. */
  readonly from: string;
  readonly to: string;
  /** Default every kind, as for none. */
  readonly kinds?: readonly ChangeKind[] | undefined;
  /** Only changes that this run saw. */
  readonly runId?: string | undefined;
  /** Most changes to yield. */
  readonly limit?: number | undefined;
  /** Only what comes behind this change, told by its observedAt, groupId and topicId. */
  readonly after?: Position | undefined;
}

/**
 * Yields the changes between two instants in the order of observedAt, groupId, topicId. The days are read one after the
 * other, the shards of a day side by side; a day without changes costs half a read unit a shard. What kinds and runId
 * leave out is read all the same.
 */
export async function* changesBetween(
  store: Store,
  sdkAppId: number,
  { limit = Number.POSITIVE_INFINITY, after, ...wanted }: ChangesWanted,
): AsyncGenerator<Change> {
  let left = limit;
  const [resumed = wanted.from] = after ?? [];
  const from = resumed > wanted.from ? resumed : wanted.from;
  for (const day of daysBetween(dayOf(from), dayOf(wanted.to))) {
    if (left <= 0) return;
    for await (const change of changesOfDay(store, sdkAppId, day, { ...wanted, from, limit: left })) {
      if (after && !isBehind(change, after)) continue;
      yield change;
      if (--left <= 0) return;
    }
  }
}

function isBehind(change: Change, [observedAt = '', groupId = '', topicId = '']: Position): boolean {
  return change.observedAt > observedAt || byIds(change, { groupId, topicId }) > 0;
}

function changesOfDay(
  store: Store,
  sdkAppId: number,
  day: string,
  { from, to, limit, ...wanted }: ChangesWanted & { limit: number },
): AsyncGenerator<Change> {
  const filter = filterOf(wanted);
  const options = {
    index: TABLE.indexes.changesByDay.name,
    ...(filter && { filter }),
    // With a filter most of a page may be left out.
    ...(!filter && Number.isFinite(limit) && { pageItems: limit }),
  };
  const [first, last] = [startOf(day), endOf(day)];
  const shards = Array.from({ length: SHARDS }, (_, shard) => {
    const condition = {
      expression: 'changeDay = :day AND observedAt BETWEEN :from AND :to',
      values: {
        ':day': changeDay(sdkAppId, day, shard),
        ':from': from > first ? from : first,
        ':to': to < last ? to : last,
      },
    };
    return changesIn(store, condition, options);
  });
  return mergeSorted(shards, ({ observedAt }) => observedAt, byIds);
}

async function* changesIn(...asked: Parameters<typeof queryItems>): AsyncGenerator<Change> {
  for await (const item of queryItems(...asked)) yield toChange(item);
}

function filterOf({ kinds = [], runId }: Pick<ChangesWanted, 'kinds' | 'runId'>): Expression | undefined {
  const values = Object.fromEntries(kinds.map((kind, nth) => [`:kind${nth}`, kind]));
  const conditions = [
    ...(kinds.length > 0 ? [`kind IN (${Object.keys(values).join(', ')})`] : []),
    ...(runId === undefined ? [] : ['runId = :run']),
  ];
  if (conditions.length === 0) return undefined;
  return {
    expression: conditions.join(' AND '),
    values: { ...values, ...(runId !== undefined && { ':run': runId }) },
  };
}
