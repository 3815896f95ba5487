import type { Change } from '../../sync/snapshot.ts';
import { historyOf } from '../changes.ts';
import { placed, type Question } from './answer.ts';
import { CursorError } from './cursor.ts';

/** Whose history is wanted. */
export interface HistoryWanted {
  readonly groupId: string;
  readonly topicId: string;
  /** Most entries to yield. */
  readonly limit?: number | undefined;
}

/** What became of one topic, oldest first. */
export const topicHistory: Question<HistoryWanted, Change> = {
  order: 'history',
  length: 3,
  ask: (store, sdkAppId, { groupId, topicId, limit }, place) => {
    const [ofGroup = groupId, ofTopic = topicId, after] = place ?? [];
    if (ofGroup !== groupId || ofTopic !== topicId)
      throw new CursorError(`the cursor is of another topic: of ${ofTopic}, not of ${topicId}`);
    const entries = historyOf(store, sdkAppId, groupId, topicId, { limit, after });
    return placed(entries, ({ observedAt }) => [groupId, topicId, observedAt]);
  },
};
