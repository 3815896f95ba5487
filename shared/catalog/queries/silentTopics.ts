import type { RosterRow } from '../../sync/roster.ts';
import type { Snapshot } from '../../sync/snapshot.ts';
import { isoOf } from '../isoOf.ts';
import type { Placed, Question } from './answer.ts';
import { topicsInRosters } from './rosterTopics.ts';

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

/** Where topics stand of which the API tells neither when they had a message nor when they were created. */
const UNKNOWN = isoOf(0);

/**
 * Topics that have been silent since an instant, active and missing ones, the longest silent first, then by groupId
 * and topicId. Those of which the API tells no time at all come first.
 */
export const silentTopics: Question<SilentWanted, SilentTopic> = {
  order: 'silent topics',
  length: 3,
  ask: async function* (store, sdkAppId, { since, limit }, after): AsyncGenerator<Placed<SilentTopic>> {
    const sortKey = (row: RosterRow) => {
      const lastActiveAt = lastActiveAtOf(row) ?? UNKNOWN;
      return lastActiveAt < since ? lastActiveAt : undefined;
    };
    for await (const { record, at } of topicsInRosters(store, sdkAppId, { sortKey, limit }, after)) {
      const lastActiveAt = at[0] === UNKNOWN ? record.firstSeenAt : (at[0] as string);
      if (lastActiveAt < since) yield { record: { ...record, lastActiveAt }, at };
    }
  },
};

/** The API says 0 of a topic without a message: it is silent since it was created. */
function lastActiveAtOf({ lastMsgTime, createTime }: RosterRow): string | undefined {
  const seconds = lastMsgTime || createTime;
  return seconds ? isoOf(seconds) : undefined;
}
