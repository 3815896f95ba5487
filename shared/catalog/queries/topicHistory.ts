import { type Change, hasEntry, type Snapshot, type TopicDetails } from '../../sync/snapshot.ts';
import { historyOf } from '../changes.ts';
import type { Store } from '../store.ts';
import { readProfile } from '../topics.ts';
import { placed, type Question } from './answer.ts';
import { CursorError } from './cursor.ts';

/** Whose history is wanted. */
export interface HistoryWanted {
  readonly groupId: string;
  readonly topicId: string;
  /** Most entries to yield. */
  readonly limit?: number | undefined;
}

/** What became of one topic, oldest first; it begins with the baseline, where the topic came with one. */
export const topicHistory: Question<HistoryWanted, Change> = {
  order: 'history',
  length: 3,
  ask: (store, sdkAppId, { groupId, topicId, limit }, place) => {
    const [ofGroup = groupId, ofTopic = topicId, after] = place ?? [];
    if (ofGroup !== groupId || ofTopic !== topicId)
      throw new CursorError(`the cursor is of another topic: of ${ofTopic}, not of ${topicId}`);
    const entries =
      after === undefined
        ? fromTheBeginning(store, sdkAppId, groupId, topicId)
        : historyOf(store, sdkAppId, groupId, topicId, { limit, after });
    return placed(entries, ({ observedAt }) => [groupId, topicId, observedAt]);
  },
};

/** What a topic held at first is told by all that has changed since, so that all of it is read: people make few changes. */
async function* fromTheBeginning(
  store: Store,
  sdkAppId: number,
  groupId: string,
  topicId: string,
): AsyncGenerator<Change> {
  const [snapshot, entries] = await Promise.all([
    readProfile(store, sdkAppId, groupId, topicId),
    Array.fromAsync(historyOf(store, sdkAppId, groupId, topicId)),
  ]);
  if (snapshot && entries[0]?.kind !== 'created') yield baselineOf(snapshot, entries);
  yield* entries;
}

/**
 * The entry of a topic that came with its community's first answer: its profile, all later changes undone. It is stored
 * nowhere. Its run is known only as long as the topic has not changed since.
 * @param entries all of the topic's history, oldest first
 */
export function baselineOf(snapshot: Snapshot, entries: readonly Change[]): Change {
  const { groupId, topicId, firstSeenAt: observedAt, lastChange } = snapshot;
  const after = entries.reduceRight<TopicDetails>(undone, snapshot.profile);
  const runId = hasEntry(snapshot) ? '' : lastChange.runId;
  return { observedAt, runId, kind: 'created', groupId, topicId, after, baseline: true };
}

/** A profile as it was before a change; a deletion leaves it as it is. */
function undone(profile: TopicDetails, { kind, before = {}, after = {} }: Change): TopicDetails {
  if (kind === 'deleted') return profile;
  const changed = new Set([...Object.keys(before), ...Object.keys(after)]);
  const kept = Object.entries(profile).filter(([name]) => !changed.has(name));
  return { ...Object.fromEntries(kept), ...before };
}
