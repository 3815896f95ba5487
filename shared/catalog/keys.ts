/** Primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * Partitions that one app's community stamps, and one day's changes, are spread over. One partition takes 1,000
 * write units a second; a first night at the API's ceiling writes about 200 stamps and, with 20 topics a
 * community, 4,000 changes a second.
 */
export const SHARDS = 16;

/** The shard of an id: stable for ever, since keys depend on it (32-bit FNV-1a over the UTF-8 bytes). */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(id, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % SHARDS;
}

export const APPS = 'apps';

/** The SDKAppID that the key of an app's item begins with; NaN for a key that belongs to no app. */
export function appOf({ pk }: Pick<Key, 'pk'>): number {
  return Number(/^([1-9]\d*)\|/.exec(pk)?.[1]);
}

export function appKey(sdkAppId: number): Key {
  return { pk: APPS, sk: String(sdkAppId) };
}

/** Partition of the app's run ledger; the sort key is the run id, so that runs stand in the order of time. */
export function runsPartition(sdkAppId: number): string {
  return join(sdkAppId, 'runs');
}

export function runKey(sdkAppId: number, runId: string): Key {
  return { pk: runsPartition(sdkAppId), sk: runId };
}

export function listedPartition(sdkAppId: number, runId: string): string {
  return join(sdkAppId, 'run', runId);
}

export function listedPrefix(shard: number): string {
  return `${join('listed', shardName(shard))}|`;
}

/** @param by names the reading of the page: two that overlap differ, and a community that either names is listed */
export function listedKey(sdkAppId: number, runId: string, shard: number, page: number, by: string): Key {
  return {
    pk: listedPartition(sdkAppId, runId),
    sk: `${listedPrefix(shard)}${join(String(page).padStart(6, '0'), by)}`,
  };
}

/** Where a run's suspicions of one kind stand. */
export function suspicionsOf(sdkAppId: number, runId: string, what: string): { pk: string; prefix: string } {
  return { pk: listedPartition(sdkAppId, runId), prefix: `${join('suspicion', what)}|` };
}

export function suspicionKey(sdkAppId: number, runId: string, what: string, groupId: string): Key {
  const { pk, prefix } = suspicionsOf(sdkAppId, runId, what);
  return { pk, sk: `${prefix}${join(groupId)}` };
}

export function communitiesPartition(sdkAppId: number, shard: number): string {
  return join(sdkAppId, 'communities', shardName(shard));
}

export function communityKey(sdkAppId: number, groupId: string): Key {
  return { pk: communitiesPartition(sdkAppId, shardOf(groupId)), sk: join(groupId) };
}

/** Partition of the rosters of the communities of a shard; the sort key is the community. */
export function rostersPartition(sdkAppId: number, shard: number): string {
  return join(sdkAppId, 'rosters', shardName(shard));
}

export function rosterKey(sdkAppId: number, groupId: string): Key {
  return { pk: rostersPartition(sdkAppId, shardOf(groupId)), sk: join(groupId) };
}

/** Partition of a run's activity entries of the communities of a shard. */
export function activityPartition(sdkAppId: number, runId: string, shard: number): string {
  return join(sdkAppId, 'activity', runId, shardName(shard));
}

export function activityKey(sdkAppId: number, runId: string, groupId: string): Key {
  return { pk: activityPartition(sdkAppId, runId, shardOf(groupId)), sk: join(groupId) };
}

/** The community that a sort key made of it alone names. */
export function groupOf({ sk }: Key): string {
  return split(sk)[0] ?? '';
}

/** Partition of one community's topics and their history. */
export function topicsPartition(sdkAppId: number, groupId: string): string {
  return join(sdkAppId, 'community', groupId);
}

export const TOPIC_PREFIX = 'topic|';

export function topicKey(sdkAppId: number, groupId: string, topicId: string): Key {
  return { pk: topicsPartition(sdkAppId, groupId), sk: `${TOPIC_PREFIX}${join(topicId)}` };
}

/** Behind the sort key of every topic of a community, before that of anything else. */
export const TOPICS_END = 'topic}';

export function historyPrefix(topicId: string): string {
  return `${join('change', topicId)}|`;
}

/** @param observedAt ISO 8601 UTC with milliseconds, so that entries sort by time */
export function changeKey(sdkAppId: number, groupId: string, topicId: string, observedAt: string): Key {
  return { pk: topicsPartition(sdkAppId, groupId), sk: `${historyPrefix(topicId)}${observedAt}` };
}

export function slotsKey(sdkAppId: number, api: string, window: number): Key {
  return { pk: join(sdkAppId, 'slots', api, window), sk: 'slots' };
}

/**
 * Partition of an app's restores. One is enough: at the API's ceiling of 200 imports a second they take 600 write units
 * a second of the 1,000 that a partition has.
 */
export function restoresPartition(sdkAppId: number): string {
  return join(sdkAppId, 'restores');
}

/** What the sort keys of a community's restores begin with. */
export function restoresPrefix(groupId: string): string {
  return `${join(groupId)}|`;
}

/** Key of a restore: the topic, and the app and community that it is put into. */
export function restoreKey(
  sdkAppId: number,
  groupId: string,
  topicId: string,
  to: { readonly sdkAppId: number; readonly groupId: string },
): Key {
  return { pk: restoresPartition(sdkAppId), sk: join(groupId, topicId, to.sdkAppId, to.groupId) };
}

/** Partition of changes-by-day. @param day `2026-11-22` */
export function changeDay(sdkAppId: number, day: string, shard: number): string {
  return join(sdkAppId, day, shardName(shard));
}

export type Attention =
  | 'topic-missing'
  | 'topic-deleted'
  | 'community-failing'
  | 'community-unsupported'
  | 'community-ignored';

/**
 * Partition of the attention index.
 * @param shard of a topic: a whole app's may go missing in one night; communities have none
 */
export function attentionOf(sdkAppId: number, what: Attention, shard?: number): string {
  return shard === undefined ? join(sdkAppId, what) : join(sdkAppId, what, shardName(shard));
}

function shardName(shard: number): string {
  return shard.toString(16);
}

/**
 * Joins key parts with `|`. Ids are printable ASCII in which every character may occur, so the separator is
 * escaped inside a part: two different lists of parts never join to the same key.
 */
function join(...parts: readonly (string | number)[]): string {
  return parts.map((part) => String(part).replaceAll('%', '%25').replaceAll('|', '%7C')).join('|');
}

/** The parts of a key. */
function split(key: string): string[] {
  return key.split('|').map((part) => part.replaceAll('%7C', '|').replaceAll('%25', '%'));
}
