import type { Snapshot } from '../../sync/snapshot.ts';
import { TABLE } from '../table.ts';
import type { Placed, Question } from './answer.ts';
import { topicsByMonth } from './topicsByMonth.ts';

/** Which topics are silent. */
export interface SilentWanted {
  /** ISO 8601 UTC with milliseconds: topics without a message at or after it. */
  readonly since: string;
  /** About how many will be taken, so that little more is read; default all. */
  readonly limit?: number | undefined;
}

/** A topic, and since when it is silent. */
export interface SilentTopic extends Snapshot {
  /** Time of its last message; of a topic without any that of its creation, or else when it was first seen. */
  readonly lastActiveAt: string;
}

/** Before any topic. */
const BEGINNING = '1970-01-01T00:00:00.000Z';

/**
 * Topics that have been silent since an instant, active and missing ones, the longest silent first, then by groupId
 * and topicId. A topic that is written meanwhile may be told twice, or as it is then.
 */
export const silentTopics: Question<SilentWanted, SilentTopic> = {
  order: 'silent topics',
  length: 3,
  ask: async function* (store, sdkAppId, { since, limit }, after): AsyncGenerator<Placed<SilentTopic>> {
    const wanted = { from: BEGINNING, before: since, limit };
    for await (const { record, at } of topicsByMonth(
      store,
      sdkAppId,
      TABLE.indexes.lastActive,
      wanted,
      after,
    ))
      yield { record: { ...record, lastActiveAt: at[0] as string }, at };
  },
};
