import type { Restore, RestoreId } from '../restore/intent.ts';
import type { Snapshot } from '../sync/snapshot.ts';
import { restoreKey, restoresPartition, restoresPrefix, topicKey } from './keys.ts';
import { getItem, queryItems } from './readItems.ts';
import { type Item, type Store, setAll } from './store.ts';
import { toSnapshot } from './topics.ts';
import { putItem, updateItem } from './writeItems.ts';

/** Reads a restore: its intent, or the mapping that became of it. */
export async function readRestore(
  store: Store,
  sdkAppId: number,
  id: RestoreId,
): Promise<Restore | undefined> {
  const item = await getItem(store, keyOf(sdkAppId, id), true);
  return item && toRestore(item);
}

/**
 * Stores a restore over what was seen of it, undefined for nothing.
 * @returns false when somebody else has written in between
 */
export async function putRestore(
  store: Store,
  sdkAppId: number,
  { to, ...next }: Restore,
  seen: Restore | undefined,
): Promise<boolean> {
  const key = keyOf(sdkAppId, { ...next, to });
  const item = { ...key, itemType: 'restore', ...next, toApp: to.sdkAppId, toGroupId: to.groupId };
  const condition = seen
    ? { expression: '#mark = :seen', names: { '#mark': 'mark' }, values: { ':seen': seen.mark } }
    : { expression: 'attribute_not_exists(pk)' };
  if (await putItem(store, item, condition)) return true;
  // A repeated request whose first answer was lost finds its own mark there.
  return (await getItem(store, key, true))?.['mark'] === next.mark;
}

/** Yields the restores of an app's topics in the order of their ids. @param groupId only those of this community */
export async function* restoresOf(
  store: Store,
  sdkAppId: number,
  { groupId }: { readonly groupId?: string | undefined } = {},
): AsyncGenerator<Restore> {
  const partition = restoresPartition(sdkAppId);
  const condition =
    groupId === undefined
      ? { expression: 'pk = :pk', values: { ':pk': partition } }
      : {
          expression: 'pk = :pk AND begins_with(sk, :prefix)',
          values: { ':pk': partition, ':prefix': restoresPrefix(groupId) },
        };
  for await (const item of queryItems(store, condition, { consistent: true })) yield toRestore(item);
}

/**
 * Tells a tombstone under which id its topic was put back. To be done under the community's writer's lease, with its
 * digest taken away: only an answer that is compared in full tells the new topic of the old.
 * @returns the tombstone as it is now; undefined when the topic is none
 */
export async function markRestored(
  store: Store,
  sdkAppId: number,
  { groupId, topicId }: Pick<Snapshot, 'groupId' | 'topicId'>,
  restoredAs: string,
): Promise<Snapshot | undefined> {
  const condition = {
    expression: '#status = :deleted',
    names: { '#status': 'status' },
    values: { ':deleted': 'deleted' },
  };
  const key = topicKey(sdkAppId, groupId, topicId);
  const before = await updateItem(store, key, setAll({ restoredAs }), condition, 'ALL_OLD');
  return before && toSnapshot({ ...before, restoredAs });
}

function keyOf(sdkAppId: number, { groupId, topicId, to }: RestoreId) {
  return restoreKey(sdkAppId, groupId, topicId, to);
}

function toRestore(item: Item): Restore {
  const { pk: _pk, sk: _sk, itemType: _type, toApp, toGroupId, ...restore } = item;
  return { ...restore, to: { sdkAppId: toApp, groupId: toGroupId } } as unknown as Restore;
}
