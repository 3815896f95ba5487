import type { Snapshot } from '../../sync/snapshot.ts';
import { isoOf } from '../isoOf.ts';
import type { Question } from './answer.ts';
import { topicsInRosters } from './rosterTopics.ts';

/** Which topics are wanted. Times are ISO 8601 UTC with milliseconds. */
export interface CreatedWanted {
  /** The first instant. */
  readonly from: string;
  /** The instant before which they must have been created. */
  readonly before: string;
  /** About how many will be taken, so that little more is read; default all. */
  readonly limit?: number | undefined;
}

/**
 * Topics created from one instant up to, but not at, another: active and missing ones, oldest first, then by groupId and
 * topicId. Those whose creation the API does not tell are not among them.
 */
export const createdTopics: Question<CreatedWanted, Snapshot> = {
  order: 'created topics',
  length: 3,
  ask: (store, sdkAppId, { from, before, limit }, after) => {
    const sortKey = ({ createTime }: { readonly createTime?: number }) => {
      const createdAt = createTime ? isoOf(createTime) : undefined;
      return createdAt !== undefined && createdAt >= from && createdAt < before ? createdAt : undefined;
    };
    return topicsInRosters(store, sdkAppId, { sortKey, limit }, after);
  },
};
