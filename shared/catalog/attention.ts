import type { Snapshot } from '../sync/snapshot.ts';
import { type Community, toCommunity } from './communities.ts';
import { type Attention, attentionOf, SHARDS } from './keys.ts';
import { mergeSorted } from './mergeSorted.ts';
import { type QueryOptions, queryItems } from './readItems.ts';
import type { Item, Store } from './store.ts';
import { TABLE } from './table.ts';
import { byIds } from './topicOrder.ts';
import { toSnapshot } from './topics.ts';

/**
 * Yields the topics that want a look, oldest first, those of one instant in the order of their ids.
 * @param what missing or deleted
 * @param since ISO 8601 UTC; only topics that are so since then
 * @param heldBy only candidates of this run: they stay among the missing, so that being confirmed moves no index entry
 */
export function topicsWanting(
  store: Store,
  sdkAppId: number,
  what: Extract<Attention, `topic-${string}`>,
  since = '',
  heldBy?: string,
): AsyncGenerator<Snapshot> {
  const filter =
    heldBy === undefined ? undefined : { expression: 'confirmedRunId = :run', values: { ':run': heldBy } };
  const shards = Array.from({ length: SHARDS }, (_, shard) =>
    wanting(store, attentionOf(sdkAppId, what, shard), since, toSnapshot, filter && { filter }),
  );
  const wantingSince = ({ missingSince = '', deletedAt = '' }: Snapshot) =>
    what === 'topic-missing' ? missingSince : deletedAt;
  return mergeSorted(shards, wantingSince, byIds);
}

/**
 * Yields the communities that fail or are unsupported, those longest so first, of one instant in the order of their ids.
 * @param since ISO 8601 UTC; only communities that are so since then
 */
export function communitiesWanting(
  store: Store,
  sdkAppId: number,
  what: readonly Extract<Attention, `community-${string}`>[],
  since = '',
): AsyncGenerator<Community> {
  const sources = what.map((one) => wanting(store, attentionOf(sdkAppId, one), since, toCommunity));
  return mergeSorted(sources, ({ failingSince = '' }) => failingSince, byIds);
}

async function* wanting<T>(
  store: Store,
  partition: string,
  since: string,
  read: (item: Item) => T,
  options?: QueryOptions,
): AsyncGenerator<T> {
  const condition = {
    expression: 'attention = :what AND attentionSince >= :since',
    values: { ':what': partition, ':since': since || '0' },
  };
  const { name: index } = TABLE.indexes.attention;
  for await (const item of queryItems(store, condition, { index, ...options })) yield read(item);
}
