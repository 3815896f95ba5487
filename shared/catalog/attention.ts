import type { Snapshot } from '../sync/snapshot.ts';
import { type Attention, attentionOf } from './keys.ts';
import { queryItems, type Store } from './store.ts';
import { TABLE } from './table.ts';
import { toSnapshot } from './topics.ts';

/**
 * Yields the topics that want a look, oldest first.
 * @param what missing or deleted
 * @param since ISO 8601 UTC; only topics that are so since then
 * @param heldBy only candidates of this run: they stay among the missing, so that being confirmed moves no index entry
 */
export async function* topicsWanting(
  store: Store,
  sdkAppId: number,
  what: Extract<Attention, `topic-${string}`>,
  since = '',
  heldBy?: string,
): AsyncGenerator<Snapshot> {
  const condition = {
    expression: 'attention = :what AND attentionSince >= :since',
    values: { ':what': attentionOf(sdkAppId, what), ':since': since || '0' },
  };
  const { name: index } = TABLE.indexes.attention;
  const filter =
    heldBy === undefined ? undefined : { expression: 'confirmedRunId = :run', values: { ':run': heldBy } };
  for await (const item of queryItems(store, condition, { index, ...(filter && { filter }) })) {
    yield toSnapshot(item);
  }
}
