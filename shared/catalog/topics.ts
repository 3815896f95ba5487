import type { LastChange, Snapshot, TopicDetails } from '../sync/snapshot.ts';
import { fromAttributes, toAttributes } from './details.ts';
import { attentionOf, TOPIC_PREFIX, topicKey, topicsPartition } from './keys.ts';
import { getItem, type Item, putItem, queryItems, type Store } from './store.ts';

/** Yields every snapshot of a community, whatever its status, in the order of the topic ids. */
export async function* topicsOf(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { consistent = false } = {},
): AsyncGenerator<Snapshot> {
  const condition = {
    expression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': topicsPartition(sdkAppId, groupId), ':prefix': TOPIC_PREFIX },
  };
  for await (const item of queryItems(store, condition, { consistent })) yield toSnapshot(item);
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
 * @param seen what it was compared with, null when there was none: if another writer has been there since, though its
 *   answer is older, its history would be told twice. Left out, whatever is older is replaced
 * @returns false when the stored snapshot is as new or newer, or not the one that was seen
 */
export function putSnapshot(
  store: Store,
  sdkAppId: number,
  snapshot: Snapshot,
  seen?: Snapshot | null,
): Promise<boolean> {
  const { observedAt } = snapshot;
  const [none, older] = ['attribute_not_exists(pk)', 'observedAt < :observedAt'];
  return putItem(
    store,
    toItem(sdkAppId, snapshot),
    seen === null
      ? { expression: none }
      : {
          expression: seen ? `${older} AND observedAt = :seenAt` : `${none} OR ${older}`,
          values: { ':observedAt': observedAt, ...(seen && { ':seenAt': seen.observedAt }) },
        },
  );
}

function toItem(sdkAppId: number, snapshot: Snapshot): Item {
  const { details, lastChange, ...rest } = snapshot;
  return {
    ...topicKey(sdkAppId, snapshot.groupId, snapshot.topicId),
    itemType: 'topic',
    ...rest,
    ...toAttributes(details),
    ...attention(sdkAppId, snapshot),
    lastChange: toStoredChange(lastChange),
  };
}

function attention(sdkAppId: number, { status, missingSince, deletedAt }: Snapshot): Item {
  if (status === 'missing')
    return { attention: attentionOf(sdkAppId, 'topic-missing'), attentionSince: missingSince };
  if (status === 'deleted')
    return { attention: attentionOf(sdkAppId, 'topic-deleted'), attentionSince: deletedAt };
  return {};
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
