import type { Snapshot } from '../../sync/snapshot.ts';
import { TABLE } from '../table.ts';
import type { Question } from './answer.ts';
import { type MonthsWanted, topicsByMonth } from './topicsByMonth.ts';

/**
 * Topics created from one instant up to, but not at, another: active and missing ones, oldest first, then by groupId and
 * topicId. Those whose creation the API does not tell are not among them.
 */
export const createdTopics: Question<MonthsWanted, Snapshot> = {
  order: 'created topics',
  length: 3,
  ask: (store, sdkAppId, wanted, after) =>
    topicsByMonth(store, sdkAppId, TABLE.indexes.created, wanted, after),
};
