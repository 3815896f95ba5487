import type { Snapshot } from '../../sync/snapshot.ts';
import { mutedPartition, SHARDS } from '../keys.ts';
import { TABLE } from '../table.ts';
import type { Question } from './answer.ts';
import { entriesOf, topicsAt } from './filedTopics.ts';

/** Which muted topics are wanted. */
export interface MutedWanted {
  /** About how many will be taken, so that little more is read; default all. */
  readonly limit?: number | undefined;
}

/** Topics in which everybody is muted, active and missing ones, in the order of groupId and topicId. */
export const mutedTopics: Question<MutedWanted, Snapshot> = {
  order: 'muted topics',
  length: 3,
  ask: (store, sdkAppId, { limit }, after) => {
    const index = TABLE.indexes.muted;
    const partitions = Array.from({ length: SHARDS }, (_, shard) => mutedPartition(sdkAppId, shard));
    const entries = entriesOf(store, index, partitions, { from: after?.[0] }, limit);
    return topicsAt(store, sdkAppId, entries, { index, range: {}, limit }, after);
  },
};
