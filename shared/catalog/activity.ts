import { marshall } from '@aws-sdk/util-dynamodb';
import type { ActivityEntry } from '../sync/roster.ts';
import { activityKey, activityPartition, groupOf, type Key, SHARDS, shardOf } from './keys.ts';
import { getItems, queryItems } from './readItems.ts';
import { fullId, shortId } from './shortId.ts';
import type { Item, Store } from './store.ts';
import { TABLE } from './table.ts';
import { meterWrite, type UnitMeter } from './units.ts';
import { putItems } from './writeItems.ts';

/** An entry to be stored, and the meter that its units are added to. */
export interface EntryToPut {
  readonly entry: ActivityEntry;
  readonly meter?: UnitMeter | undefined;
}

/**
 * Stores the messages that a run has seen come to communities' topics. Nothing is looked at: an entry is wholly made from
 * its roster, and whoever has reason to doubt that the newest roster's entry is there stores that once more.
 * @param days that they are kept, from when they were observed; 0 keeps none
 */
export async function putActivity(
  { meter: _, ...store }: Store,
  sdkAppId: number,
  all: readonly EntryToPut[],
  days: number,
): Promise<void> {
  if (days === 0) return;
  const newest = newestOfEach(all).map(({ entry, meter }) => ({
    item: entryItem(sdkAppId, entry, days),
    meter,
  }));
  await putItems(
    store,
    newest.map(({ item }) => item),
  );
  // Of a batch DynamoDB tells the sum alone, and the embedded store less.
  for (const { item, meter } of newest) meterWrite(meter, undefined, [{ after: marshall(item) }]);
}

/** Two deliveries of one message may come at once, and no request writes an item twice (docs.aws.amazon.com, API_BatchWriteItem). */
function newestOfEach(all: readonly EntryToPut[]): EntryToPut[] {
  const ordered = all.toSorted((a, b) => (a.entry.observedAt < b.entry.observedAt ? -1 : 1));
  return [
    ...new Map(ordered.map((one) => [JSON.stringify([one.entry.runId, one.entry.groupId]), one])).values(),
  ];
}

function entryItem(
  sdkAppId: number,
  { groupId, runId, observedAt, topics: unordered }: ActivityEntry,
  days: number,
): Item {
  // Written again, it is the same item, whether its roster was made just now or read.
  const topics = unordered.toSorted((a, b) => (a.topicId < b.topicId ? -1 : 1));
  return {
    ...activityKey(sdkAppId, runId, groupId),
    itemType: 'activity',
    observedAt,
    topicIds: topics.map(({ topicId }) => shortId(groupId, topicId)),
    newMessages: topics.map(({ newMessages }) => newMessages),
    nextMsgSeq: topics.map(({ nextMsgSeq }) => nextMsgSeq),
    [TABLE.ttl]: Math.floor(Date.parse(observedAt) / 1000) + days * 86_400,
  };
}

/** Which entries of a run are wanted. */
interface ActivityWanted {
  /** Only this community and those behind it, in the order of the answer. */
  readonly from?: string | undefined;
  /** Entries of a page, where many runs are read side by side. */
  readonly pageItems?: number | undefined;
}

/** Yields what a run has seen come, by shard, then in the order of the group ids (as keys spell them). */
export async function* activityOf(
  store: Store,
  sdkAppId: number,
  runId: string,
  { from }: Pick<ActivityWanted, 'from'> = {},
): AsyncGenerator<ActivityEntry> {
  const first = from === undefined ? 0 : shardOf(from);
  for (let shard = first; shard < SHARDS; shard++)
    yield* activityInShard(store, sdkAppId, runId, shard, { from: shard === first ? from : undefined });
}

/** Yields what a run has seen come to the communities of one shard, in the order of the group ids (as keys spell them). */
export async function* activityInShard(
  store: Store,
  sdkAppId: number,
  runId: string,
  shard: number,
  { from, pageItems }: ActivityWanted = {},
): AsyncGenerator<ActivityEntry> {
  const behind = from === undefined ? '' : ' AND sk >= :from';
  const condition = {
    expression: `pk = :pk${behind}`,
    values: {
      ':pk': activityPartition(sdkAppId, runId, shard),
      ':from': from === undefined ? undefined : activityKey(sdkAppId, runId, from).sk,
    },
  };
  for await (const item of queryItems(store, condition, { pageItems })) yield toEntry(runId, item);
}

/** Reads what some runs, at most 100, have seen come to one community; undefined where nothing is kept. */
export async function activityIn(
  store: Store,
  sdkAppId: number,
  groupId: string,
  runIds: readonly string[],
): Promise<(ActivityEntry | undefined)[]> {
  const items = await getItems(
    store,
    runIds.map((runId) => activityKey(sdkAppId, runId, groupId)),
  );
  return items.map((item, nth) => item && toEntry(runIds[nth] as string, item));
}

/** The entry that a stored item holds. */
export function toEntry(runId: string, item: Item): ActivityEntry {
  const groupId = groupOf(item as unknown as Key);
  const { observedAt, topicIds, newMessages, nextMsgSeq } = item as {
    observedAt: string;
    topicIds: string[];
    newMessages: number[];
    nextMsgSeq: number[];
  };
  const topics = topicIds.map((short, nth) => ({
    topicId: fullId(groupId, short),
    newMessages: newMessages[nth] as number,
    nextMsgSeq: nextMsgSeq[nth] as number,
  }));
  return { groupId, runId, observedAt, topics };
}
