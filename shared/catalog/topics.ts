import pLimit from 'p-limit';
import type { LastChange, Snapshot, TopicDetails } from '../sync/snapshot.ts';
import { createItems } from './createItems.ts';
import { fromAttributes, toAttributes } from './details.ts';
import { filingOf, isFiled } from './filing.ts';
import { TOPIC_PREFIX, TOPICS_END, topicKey, topicsPartition } from './keys.ts';
import { getItem, getItems, queryItems } from './readItems.ts';
import type { Expression, Item, Store } from './store.ts';
import { putItem } from './writeItems.ts';

/**
 * Yields every snapshot of a community, whatever its status, in the order of the topic ids (as keys spell them).
 * @param options.after only those behind this topic, which need not be there
 */
export async function* topicsOf(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { consistent = false, after }: { consistent?: boolean; after?: string | undefined } = {},
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

/** Snapshots that are put again at once, for one community. */
const REFILES_AT_ONCE = 16;

/**
 * Reads every snapshot of a community for its writer, and puts those again which an earlier release has stored without
 * the attributes of today's indexes. What another writer has changed since it was read is left to that writer.
 * @param keep called before each write: keeps the writer's lease, or throws when it is lost
 */
export async function refiledTopicsOf(
  store: Store,
  sdkAppId: number,
  groupId: string,
  keep: () => Promise<unknown>,
): Promise<Snapshot[]> {
  const snapshots: Snapshot[] = [];
  const misfiled: Snapshot[] = [];
  for await (const item of queryItems(store, allOf(sdkAppId, groupId), { consistent: true })) {
    const snapshot = toSnapshot(item);
    snapshots.push(snapshot);
    if (!isFiled(item, filingOf(sdkAppId, snapshot))) misfiled.push(snapshot);
  }
  const limit = pLimit(REFILES_AT_ONCE);
  const refile = async (snapshot: Snapshot) => {
    await keep();
    const asRead = { expression: 'observedAt = :seenAt', values: { ':seenAt': snapshot.observedAt } };
    await putItem(store, snapshotItem(sdkAppId, snapshot), asRead);
  };
  // None may be under way any more when the lease is given back.
  const settled = await Promise.allSettled(misfiled.map((snapshot) => limit(refile, snapshot)));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return snapshots;
}

/** Reads what the mirror holds of some topics, at most 100, in the order that they are named in; undefined where nothing is. */
export async function readSnapshots(
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

/** Reads what the mirror holds of one topic. */
export async function readSnapshot(
  store: Store,
  sdkAppId: number,
  groupId: string,
  topicId: string,
): Promise<Snapshot | undefined> {
  const item = await getItem(store, topicKey(sdkAppId, groupId, topicId), false);
  return item && toSnapshot(item);
}

/**
 * Stores a snapshot unless a newer one is there: a snapshot never moves backwards.
 * @param seen what it was compared with: if another writer has been there since, though its
 *   answer is older, its history would be told twice. Left out, whatever is older is replaced
 * @returns false when the stored snapshot is as new or newer, or not the one that was seen
 */
export function putSnapshot(
  store: Store,
  sdkAppId: number,
  snapshot: Snapshot,
  seen?: Snapshot,
): Promise<boolean> {
  const { observedAt } = snapshot;
  const [none, older] = ['attribute_not_exists(pk)', 'observedAt < :observedAt'];
  return putItem(store, snapshotItem(sdkAppId, snapshot), {
    expression: seen ? `${older} AND observedAt = :seenAt` : `${none} OR ${older}`,
    values: { ':observedAt': observedAt, ...(seen && { ':seenAt': seen.observedAt }) },
  });
}

/**
 * Stores the snapshots of topics of which nothing is stored yet, at most 25 (shared/catalog/batch.ts), in one request.
 * @returns the ids of those of which something is: another writer has been there
 */
export async function createSnapshots(
  store: Store,
  sdkAppId: number,
  snapshots: readonly Snapshot[],
): Promise<string[]> {
  const refused = await createItems(
    store,
    snapshots.map((snapshot) => snapshotItem(sdkAppId, snapshot)),
  );
  return refused.map(({ topicId }) => topicId);
}

/** The item that a snapshot is stored as. */
export function snapshotItem(sdkAppId: number, snapshot: Snapshot): Item & Pick<Snapshot, 'topicId'> {
  const { details, lastChange, ...rest } = snapshot;
  return {
    ...topicKey(sdkAppId, snapshot.groupId, snapshot.topicId),
    itemType: 'topic',
    ...rest,
    ...toAttributes(details),
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

/** The snapshot that a stored item holds. */
export function toSnapshot(item: Item): Snapshot {
  const plain = PLAIN.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]);
  const details = fromAttributes(item);
  const lastChange = fromStoredChange(item['lastChange'] as Item, details);
  return { ...Object.fromEntries(plain), details, lastChange } as Snapshot;
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

function fromStoredChange({ before, fields, ...change }: Item, details: TopicDetails): LastChange {
  if (change['kind'] === 'deleted') return { ...(change as unknown as LastChange), before: details };
  const names = change['kind'] === 'created' ? Object.keys(details) : (fields as string[] | undefined);
  const after = names && Object.fromEntries(names.map((name) => [name, details[name as keyof TopicDetails]]));
  return {
    ...(change as unknown as LastChange),
    ...(before !== undefined && { before: fromAttributes(before as Item) }),
    ...(after && { after }),
  };
}
