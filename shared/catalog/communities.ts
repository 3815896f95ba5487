import type { Community } from './community.ts';
import { communitiesPartition, communityKey, SHARDS, shardOf } from './keys.ts';
import { getItem, type QueryOptions, queryItems } from './readItems.ts';
import type { Item, Store } from './store.ts';

export type * from './community.ts';

/** Marks a stamp whose snapshots somebody may have changed since they were read for it: no digest stands for them. */
export const DISTRUSTED = 'distrusted';

/** Reads a community's stamp. */
export async function readCommunity(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { consistent }: { consistent: boolean },
): Promise<Community | undefined> {
  const item = await getItem(store, communityKey(sdkAppId, groupId), consistent);
  return item && toCommunity(item);
}

/**
 * Stamps of a page, unless fewer are wanted: a third of the 1 MB that a page can hold. Of a large app every page would be
 * full, and what is taken for it would grow with the app.
 */
const PAGE_STAMPS = 1000;

/** How a shard's stamps are read. */
interface StampsWanted extends Pick<QueryOptions, 'consistent' | 'pageItems'> {
  /** Only this community and those behind it, which need not be in the shard. */
  readonly from?: string | undefined;
}

/** Yields the stamps of one of the 16 shards, in the order of the group ids (as keys spell them). */
export async function* communitiesIn(
  store: Store,
  sdkAppId: number,
  shard: number,
  { from, pageItems = PAGE_STAMPS, ...options }: StampsWanted = {},
): AsyncGenerator<Community> {
  const pk = communitiesPartition(sdkAppId, shard);
  const condition =
    from === undefined
      ? { expression: 'pk = :pk', values: { ':pk': pk } }
      : {
          expression: 'pk = :pk AND sk >= :from',
          values: { ':pk': pk, ':from': communityKey(sdkAppId, from).sk },
        };
  for await (const item of queryItems(store, condition, { ...options, pageItems })) yield toCommunity(item);
}

/**
 * Yields every community's stamp, shard by shard.
 * @param options.from only this community and those behind it, in that order
 */
export async function* allCommunities(
  store: Store,
  sdkAppId: number,
  { from, ...options }: StampsWanted = {},
): AsyncGenerator<Community> {
  const first = from === undefined ? 0 : shardOf(from);
  for (let shard = first; shard < SHARDS; shard++)
    yield* communitiesIn(store, sdkAppId, shard, { ...options, from: shard === first ? from : undefined });
}

/** The stamp that a stored item holds. */
export function toCommunity({ [DISTRUSTED]: _mark, ...item }: Item): Community {
  const { pk: _pk, sk: _sk, itemType: _type, attention: _what, attentionSince: _since, ...community } = item;
  return { status: 'active', topicCount: 0, missingCount: 0, ...community } as unknown as Community;
}
