import { parseJson, stringifyJson } from '../chat/json.ts';
import { withActivityOf } from '../sync/roster.ts';
import type { LastChange, Snapshot, TopicActivity, TopicDetails, TopicProfile } from '../sync/snapshot.ts';
import { joinDetails } from '../sync/split.ts';
import { createItems } from './createItems.ts';
import { fromAttributes, toAttributes } from './details.ts';
import { filingOf } from './filing.ts';
import { TOPIC_PREFIX, TOPICS_END, topicKey, topicsPartition } from './keys.ts';
import { getItem, getItems, queryItems } from './readItems.ts';
import { readRoster } from './rosters.ts';
import type { Expression, Item, Store } from './store.ts';
import { putItem } from './writeItems.ts';

/** Where the topics of a community are begun to be read, and how. */
interface TopicsRead {
  readonly consistent?: boolean;
  /** Only those behind this topic, which need not be there. */
  readonly after?: string | undefined;
}

/**
 * Yields every snapshot of a community, whatever its status, in the order of the topic ids (as keys spell them), with the
 * activity that the community's roster has.
 */
export async function* topicsOf(
  store: Store,
  sdkAppId: number,
  groupId: string,
  read: TopicsRead = {},
): AsyncGenerator<Snapshot> {
  const { consistent = false } = read;
  const reading = readRoster(store, sdkAppId, groupId, { consistent });
  // Noticed here: it is waited for below, with the first topic.
  reading.catch(() => {});
  for await (const topic of profilesOf(store, sdkAppId, groupId, read))
    yield withActivityOf(await reading, topic);
}

/** Yields the same without the activity, but for that of tombstones. */
export async function* profilesOf(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { consistent = false, after }: TopicsRead = {},
): AsyncGenerator<Snapshot> {
  const condition = after === undefined ? allOf(sdkAppId, groupId) : behind(sdkAppId, groupId, after);
  for await (const item of queryItems(store, condition, { consistent })) {
    if (item['topicId'] !== after) yield toSnapshot(item);
  }
}

function allOf(sdkAppId: number, groupId: string): Expression {
  return {
    expression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': topicsPartition(sdkAppId, groupId), ':prefix': TOPIC_PREFIX },
  };
}

function behind(sdkAppId: number, groupId: string, topicId: string): Expression {
  const { pk, sk } = topicKey(sdkAppId, groupId, topicId);
  return {
    expression: 'pk = :pk AND sk BETWEEN :after AND :end',
    values: { ':pk': pk, ':after': sk, ':end': TOPICS_END },
  };
}

/** Reads the profiles of some topics, at most 100, in the order that they are named in; undefined where nothing is. */
export async function readProfiles(
  store: Store,
  sdkAppId: number,
  topics: readonly { readonly groupId: string; readonly topicId: string }[],
): Promise<(Snapshot | undefined)[]> {
  const items = await getItems(
    store,
    topics.map(({ groupId, topicId }) => topicKey(sdkAppId, groupId, topicId)),
  );
  return items.map((item) => item && toSnapshot(item));
}

/** Reads the profile of one topic. */
export async function readProfile(
  store: Store,
  sdkAppId: number,
  groupId: string,
  topicId: string,
): Promise<Snapshot | undefined> {
  const item = await getItem(store, topicKey(sdkAppId, groupId, topicId), false);
  return item && toSnapshot(item);
}

/** Reads what the mirror holds of one topic. */
export async function readSnapshot(
  store: Store,
  sdkAppId: number,
  groupId: string,
  topicId: string,
): Promise<Snapshot | undefined> {
  const [topic, roster] = await Promise.all([
    readProfile(store, sdkAppId, groupId, topicId),
    readRoster(store, sdkAppId, groupId, { consistent: false }),
  ]);
  return topic && withActivityOf(roster, topic);
}

/**
 * Stores a snapshot unless a newer one is there: a snapshot never moves backwards.
 * @param seen what it was compared with: if another writer has been there since, though its
 *   answer is older, its history would be told twice. Left out, whatever is older is replaced
 * @param mayBegin asked before each attempt
 * @returns false when the stored snapshot is as new or newer, or not the one that was seen
 */
export function putSnapshot(
  store: Store,
  sdkAppId: number,
  snapshot: Snapshot,
  seen?: Snapshot,
  mayBegin?: () => Promise<void>,
): Promise<boolean> {
  const { observedAt } = snapshot;
  const [none, older] = ['attribute_not_exists(pk)', 'observedAt < :observedAt'];
  const condition = {
    expression: seen ? `${older} AND observedAt = :seenAt` : `${none} OR ${older}`,
    values: { ':observedAt': observedAt, ...(seen && { ':seenAt': seen.observedAt }) },
  };
  return putItem(store, snapshotItem(sdkAppId, snapshot), condition, mayBegin);
}

/**
 * Stores the snapshots of topics of which nothing is stored yet, at most 25 (shared/catalog/batch.ts), in one request.
 * @param mayBegin asked before each round of it
 * @returns the ids of those of which something is: another writer has been there
 */
export async function createSnapshots(
  store: Store,
  sdkAppId: number,
  snapshots: readonly Snapshot[],
  mayBegin?: () => Promise<void>,
): Promise<string[]> {
  const items = snapshots.map((snapshot) => snapshotItem(sdkAppId, snapshot));
  const refused = await createItems(store, items, mayBegin);
  return refused.map(({ topicId }) => topicId);
}

/** A topic that is back has lost its row: until its roster is written, only its item tells which messages are new. */
function keepsActivity({ status, lastChange }: Snapshot): boolean {
  return status === 'deleted' || lastChange.kind === 'restored';
}

/** The item that a snapshot is stored as: without its activity, which the roster has, unless it is, or was, a tombstone. */
export function snapshotItem(sdkAppId: number, snapshot: Snapshot): Item & Pick<Snapshot, 'topicId'> {
  const { profile, activity = {}, lastChange, ...rest } = snapshot;
  const { extra, ...counters } = activity;
  const last = { ...counters, ...(extra && { activityExtra: stringifyJson(extra) }) };
  return {
    ...topicKey(sdkAppId, snapshot.groupId, snapshot.topicId),
    itemType: 'topic',
    ...rest,
    ...toAttributes(profile),
    ...(keepsActivity(snapshot) && last),
    ...filingOf(sdkAppId, snapshot),
    lastChange: toStoredChange(lastChange),
  };
}

/** Times and ids of a snapshot, which stand under their own names. */
const PLAIN = [
  'groupId',
  'topicId',
  'status',
  'firstSeenAt',
  'lastChangedAt',
  'observedAt',
  'missingSince',
  'missingReason',
  'confirmedAt',
  'confirmedCode',
  'confirmedRunId',
  'deletedAt',
  'deletedCode',
  'restoredAs',
  'restoredFrom',
] as const satisfies readonly (keyof Snapshot)[];

/** The snapshot that a stored item holds; its activity only if it is a tombstone. */
export function toSnapshot(item: Item): Snapshot {
  const plain = PLAIN.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]);
  const { nextMsgSeq, lastMsgTime, ...profile } = fromAttributes(item);
  const activity = {
    ...(nextMsgSeq !== undefined && { nextMsgSeq }),
    ...(lastMsgTime !== undefined && { lastMsgTime }),
    ...(item['activityExtra'] !== undefined && { extra: parseJson(item['activityExtra'] as string) }),
  } as TopicActivity;
  const lastChange = fromStoredChange(item['lastChange'] as Item, profile, activity);
  const own = Object.keys(activity).length > 0 && { activity };
  return { ...Object.fromEntries(plain), profile, ...own, lastChange } as Snapshot;
}

/**
 * A change's `after` is not stored beside the snapshot that already holds those values, only which fields they
 * are: `fields` lists them, and a created topic, of which it is all of them, has no list. Neither is a deleted
 * topic's `before`, which is all that its snapshot keeps.
 */
function toStoredChange({ before, after, ...change }: LastChange): Item {
  const fields = change.kind === 'created' || !after ? undefined : Object.keys(after);
  return { ...change, fields, ...(before && change.kind !== 'deleted' && { before: toAttributes(before) }) };
}

function fromStoredChange(
  { before, fields, ...change }: Item,
  profile: TopicProfile,
  activity: TopicActivity,
): LastChange {
  if (change['kind'] === 'deleted')
    return { ...(change as unknown as LastChange), before: joinDetails(profile, activity) };
  const names = change['kind'] === 'created' ? Object.keys(profile) : (fields as string[] | undefined);
  const after =
    names &&
    (Object.fromEntries(names.map((name) => [name, profile[name as keyof TopicProfile]])) as TopicDetails);
  return {
    ...(change as unknown as LastChange),
    ...(before !== undefined && { before: fromAttributes(before as Item) }),
    ...(after && { after }),
  };
}
