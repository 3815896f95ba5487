import type { Snapshot } from '../sync/snapshot.ts';
import { attentionOf, shardOf } from './keys.ts';
import type { Item } from './store.ts';

/** The attributes by which a topic's item stands in the attention index; none while it is active. */
export function filingOf(sdkAppId: number, { status, topicId, missingSince, deletedAt }: Snapshot): Item {
  if (status === 'active') return {};
  const shard = shardOf(topicId);
  return status === 'deleted'
    ? { attention: attentionOf(sdkAppId, 'topic-deleted', shard), attentionSince: deletedAt }
    : { attention: attentionOf(sdkAppId, 'topic-missing', shard), attentionSince: missingSince };
}
