import type { RosterRow } from '../../sync/roster.ts';
import type { Snapshot } from '../../sync/snapshot.ts';
import type { Question } from './answer.ts';
import { topicsInRosters } from './rosterTopics.ts';

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
    const sortKey = ({ muteAllMember }: RosterRow, groupId: string) => (muteAllMember ? groupId : undefined);
    return topicsInRosters(store, sdkAppId, { sortKey, limit }, after);
  },
};
