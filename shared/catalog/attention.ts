import type { Snapshot } from '../sync/snapshot.ts';
import { type Attention, attentionOf } from './keys.ts';
import { queryItems, type Store } from './store.ts';
import { TABLE } from './table.ts';
import { toSnapshot } from './topics.ts';

/**
 * Yields the topics that want a look, oldest first.
 * @param what missing or deleted
 * @param since ISO 8601 UTC; only topics that are so since then
 */
export async function* topicsWanting(
  store: Store,
  sdkAppId: number,
  what: Extract<Attention, `topic-${string}`>,
  since = '',
): AsyncGenerator<Snapshot> {
  const condition = {
    expression: 'attention = :what AND attentionSince >= :since',
    values: { ':what': attentionOf(sdkAppId, what), ':since': since || '0' },
  };
  for await (const item of queryItems(store, condition, { index: TABLE.indexes.attention.name })) {
    yield toSnapshot(item);
  }
}
