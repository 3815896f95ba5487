import type { Change, TopicDetails } from '../sync/snapshot.ts';
import { fromAttributes, toAttributes } from './details.ts';
import { changeDay, changeKey, historyPrefix, SHARDS, shardOf, topicsPartition } from './keys.ts';
import { queryItems } from './readItems.ts';
import type { Item, Store } from './store.ts';
import { TABLE } from './table.ts';
import { putItems } from './writeItems.ts';

/**
 * Writes history entries. Writing one again is harmless: its key is the topic and the time of the change.
 * @param mayBegin asked before each request
 * @throws {TableThrottledError}
 */
export function putChanges(
  store: Store,
  sdkAppId: number,
  changes: readonly Change[],
  mayBegin?: () => Promise<void>,
): Promise<void> {
  return putItems(
    store,
    changes.map((change) => toItem(sdkAppId, change)),
    mayBegin,
  );
}

/** Which entries of a history are wanted. */
interface EntriesWanted {
  /** Most entries to yield. */
  readonly limit?: number | undefined;
  /** Only what comes behind the entry that was observed then. */
  readonly after?: string | undefined;
}

/** Yields the history of one topic, oldest first. */
export async function* historyOf(
  store: Store,
  sdkAppId: number,
  groupId: string,
  topicId: string,
  { limit, after }: EntriesWanted = {},
): AsyncGenerator<Change> {
  const prefix = historyPrefix(topicId);
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: {
      ':pk': topicsPartition(sdkAppId, groupId),
      // Behind the entry itself, and before any other topic's.
      ':from': after === undefined ? prefix : `${prefix}${after}~`,
      ':to': `${prefix}~`,
    },
  };
  const options = limit === undefined ? {} : { limit };
  for await (const item of queryItems(store, condition, options)) yield toChange(item);
}

/**
 * Yields what changed on a day, of every kind; each shard in the order of time.
 * @param day `2026-11-22`, UTC
 * @param options.runId only changes that this run saw
 */
export async function* changesOn(
  store: Store,
  sdkAppId: number,
  day: string,
  { runId }: { runId?: string } = {},
): AsyncGenerator<Change> {
  const { name } = TABLE.indexes.changesByDay;
  const filter = runId === undefined ? undefined : { expression: 'runId = :run', values: { ':run': runId } };
  for (let shard = 0; shard < SHARDS; shard++) {
    const condition = { expression: 'changeDay = :day', values: { ':day': changeDay(sdkAppId, day, shard) } };
    const items = queryItems(store, condition, { index: name, ...(filter && { filter }) });
    for await (const item of items) yield toChange(item);
  }
}

/** The day, UTC, of an ISO 8601 time. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}

function toItem(sdkAppId: number, change: Change): Item {
  const { groupId, topicId, observedAt, before, after } = change;
  return {
    ...changeKey(sdkAppId, groupId, topicId, observedAt),
    itemType: 'change',
    ...change,
    before: before && toAttributes(before),
    after: after && toAttributes(after),
    changeDay: changeDay(sdkAppId, dayOf(observedAt), shardOf(topicId)),
  };
}

/** The change that a stored item holds. */
export function toChange(item: Item): Change {
  const { observedAt, runId, kind, groupId, topicId, before, after, ...pointers } = item as unknown as Change;
  const { restoredAs, restoredFrom } = pointers;
  return {
    observedAt,
    runId,
    kind,
    groupId,
    topicId,
    ...(before && { before: details(before) }),
    ...(after && { after: details(after) }),
    ...(restoredAs !== undefined && { restoredAs }),
    ...(restoredFrom !== undefined && { restoredFrom }),
  };
}

function details(stored: TopicDetails): TopicDetails {
  return fromAttributes(stored as Item);
}
