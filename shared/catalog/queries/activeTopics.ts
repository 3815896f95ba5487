import type { ActivityEntry, TopicMessages } from '../../sync/roster.ts';
import { activityInShard, activityOf } from '../activity.ts';
import { communityKey, SHARDS } from '../keys.ts';
import { mergeSorted } from '../mergeSorted.ts';
import type { Run } from '../run.ts';
import type { Store } from '../store.ts';
import { byIds } from '../topicOrder.ts';
import { runIds } from './activity.ts';

/** A topic that had messages. */
export interface ActiveTopic extends TopicMessages {
  readonly groupId: string;
}

/** Which topics are wanted: of one run, or of all runs with an id at or behind an instant, ISO 8601 UTC. */
export type ActiveWanted = { readonly limit: number } & (Pick<Run, 'runId'> | { readonly since: string });

/** Entries of a page of each run, where many are read side by side: keeps a year of runs in some megabytes. */
const PAGE = 25;

/**
 * Yields the topics to which most messages came, most first, then by groupId and topicId. Reads the entries of the runs
 * once, community by community; memory is that of the topics asked for, not of the app.
 */
export async function* activeTopics(
  store: Store,
  sdkAppId: number,
  { limit, ...wanted }: ActiveWanted,
): AsyncGenerator<ActiveTopic> {
  const communities =
    'runId' in wanted
      ? ofRun(store, sdkAppId, wanted.runId)
      : ofRuns(store, sdkAppId, await Array.fromAsync(runIds(store, sdkAppId, wanted)));
  let kept: ActiveTopic[] = [];
  for await (const topics of communities) {
    kept.push(...topics);
    if (kept.length >= 2 * limit + PAGE) kept = most(kept, limit);
  }
  yield* most(kept, limit);
}

function most(topics: ActiveTopic[], limit: number): ActiveTopic[] {
  return topics.sort((a, b) => b.newMessages - a.newMessages || byIds(a, b)).slice(0, limit);
}

async function* ofRun(store: Store, sdkAppId: number, runId: string): AsyncGenerator<ActiveTopic[]> {
  for await (const entry of activityOf(store, sdkAppId, runId)) yield topicsOf([entry]);
}

/** The topics of each community, with the messages of all runs together. */
async function* ofRuns(
  store: Store,
  sdkAppId: number,
  runs: readonly string[],
): AsyncGenerator<ActiveTopic[]> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const sources = runs.map((runId) => activityInShard(store, sdkAppId, runId, shard, { pageItems: PAGE }));
    const placeOf = ({ groupId }: ActivityEntry) => communityKey(sdkAppId, groupId).sk;
    // The newest run last, so that what it saw last is what is told.
    const entries = mergeSorted(sources, placeOf, (a, b) => (a.runId < b.runId ? -1 : 1));
    let community: ActivityEntry[] = [];
    for await (const entry of entries) {
      if (community.length > 0 && community[0]?.groupId !== entry.groupId) {
        yield topicsOf(community);
        community = [];
      }
      community.push(entry);
    }
    if (community.length > 0) yield topicsOf(community);
  }
}

/** @param entries of one community, oldest first */
function topicsOf(entries: readonly ActivityEntry[]): ActiveTopic[] {
  const topics = new Map<string, ActiveTopic>();
  for (const { groupId, topics: seen } of entries)
    for (const { topicId, newMessages, nextMsgSeq } of seen) {
      const before = topics.get(topicId)?.newMessages ?? 0;
      topics.set(topicId, { groupId, topicId, newMessages: before + newMessages, nextMsgSeq });
    }
  return [...topics.values()];
}
