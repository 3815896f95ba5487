import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { listedKey, listedPartition, listedPrefix, SHARDS, shardOf } from './keys.ts';
import { queryItems } from './readItems.ts';
import type { Store } from './store.ts';
import { MANIFEST_DAYS, TABLE } from './table.ts';
import { putItems } from './writeItems.ts';

/**
 * Keeps which communities a page of a run's enumeration named. Ids are kept by shard, the same shards as the
 * communities' stamps, so that listed and stamped can be compared one shard at a time in little memory. Of a page that is
 * read twice, by two deliveries of one schedule, everything counts that either reading names: all of it is queued.
 * @param now epoch milliseconds
 */
export function putListed(
  store: Store,
  sdkAppId: number,
  { runId, page, groupIds, now }: { runId: string; page: number; groupIds: readonly string[]; now: number },
): Promise<void> {
  const by = randomUUID().slice(0, 8);
  const shards: string[][] = Array.from({ length: SHARDS }, () => []);
  for (const groupId of groupIds) shards[shardOf(groupId)]?.push(groupId);
  const items = shards.map((ids, shard) => ({
    ...listedKey(sdkAppId, runId, shard, page, by),
    itemType: 'listed',
    count: ids.length,
    groupIds: deflateRawSync(JSON.stringify(ids)),
    [TABLE.ttl]: Math.floor(now / 1000) + MANIFEST_DAYS * 86_400,
  }));
  return putItems(store, items);
}

/** The distinct communities of one shard that a run's enumeration named. */
export async function listedIn(
  store: Store,
  sdkAppId: number,
  runId: string,
  shard: number,
): Promise<Set<string>> {
  const listed = new Set<string>();
  const condition = {
    expression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': listedPartition(sdkAppId, runId), ':prefix': listedPrefix(shard) },
  };
  for await (const { groupIds } of queryItems(store, condition, { consistent: true })) {
    const ids = JSON.parse(inflateRawSync(groupIds as Uint8Array).toString('utf8')) as string[];
    for (const id of ids) listed.add(id);
  }
  return listed;
}
