import type { Snapshot, TopicDetails } from '../sync/snapshot.ts';
import { attentionOf, monthPartition, mutedPartition, shardOf } from './keys.ts';
import { isoOf, monthOf } from './months.ts';
import type { Item } from './store.ts';
import { INDEXES } from './table.ts';

/**
 * The attributes by which a topic's item stands in the indexes, all derived from the snapshot. A missing topic is as
 * much there as an active one, since its absence proves nothing; a tombstone is in the attention index alone.
 */
export function filingOf(sdkAppId: number, snapshot: Snapshot): Item {
  const { status, topicId, details, missingSince, deletedAt } = snapshot;
  const shard = shardOf(topicId);
  if (status === 'deleted')
    return { attention: attentionOf(sdkAppId, 'topic-deleted', shard), attentionSince: deletedAt };
  const listed = {
    ...created(sdkAppId, shard, details),
    ...lastActive(sdkAppId, shard, snapshot),
    ...(details.muteAllMember === true && { mutedIn: mutedPartition(sdkAppId, shard) }),
  };
  if (status === 'active') return listed;
  return {
    ...listed,
    attention: attentionOf(sdkAppId, 'topic-missing', shard),
    attentionSince: missingSince,
  };
}

/** Nothing of a topic of which the API does not say when it was created. */
function created(sdkAppId: number, shard: number, { createTime }: TopicDetails): Item {
  if (!createTime) return {};
  const createdAt = isoOf(createTime);
  return { createdIn: monthPartition(sdkAppId, monthOf(createdAt), shard), createdAt };
}

function lastActive(sdkAppId: number, shard: number, snapshot: Snapshot): Item {
  const lastActiveAt = lastActiveAtOf(snapshot);
  return { lastActiveIn: monthPartition(sdkAppId, monthOf(lastActiveAt), shard), lastActiveAt };
}

/**
 * Since when a topic has had no message: the time of its last one. Without any it is silent since it was created, or,
 * where the API does not say when that was, since the mirror saw it first. ISO 8601 UTC with milliseconds.
 */
export function lastActiveAtOf({ details, firstSeenAt }: Pick<Snapshot, 'details' | 'firstSeenAt'>): string {
  // The API says 0 of a topic without a message.
  const seconds = details.lastMsgTime || details.createTime;
  return seconds ? isoOf(seconds) : firstSeenAt;
}

/** What a filing may consist of, beside fields of the snapshot itself. */
const FILED = [
  ...new Set(
    INDEXES.filter(({ name }) => name !== 'changes-by-day').flatMap(({ partitionKey, sortKey }) => [
      partitionKey,
      sortKey,
    ]),
  ),
];

/** Whether a stored item stands where its snapshot is looked for; an earlier release may have stored it. */
export function isFiled(item: Item, filing: Item): boolean {
  return FILED.every((name) => name === 'groupId' || item[name] === filing[name]);
}
