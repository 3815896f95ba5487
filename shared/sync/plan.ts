import type { TopicFailure } from '../chat/types.ts';
import { absentOf, absentTopics, type Confirmation, isUnknown } from './absent.ts';
import { type Noisy, noisyIn } from './noisy.ts';
import { originsIn, withOrigin } from './origin.ts';
import { snapshotOf } from './present.ts';
import {
  type Change,
  changeOf,
  hasEntry,
  isCandidate,
  type RunKind,
  type Snapshot,
  type TopicActivity,
} from './snapshot.ts';
import type { SplitTopic } from './split.ts';

/** A community's answer, and when and for which run it was asked for. */
export interface Observation {
  readonly runId: string;
  readonly groupId: string;
  /** When the request was sent, ISO 8601 UTC with milliseconds. */
  readonly observedAt: string;
  readonly topics: readonly SplitTopic[];
  /** Topics that the answer names with an error of their own. */
  readonly failures: readonly TopicFailure[];
  /** No answer of the community was complete before: its topics are new to the mirror, not to the app. */
  readonly isBaseline?: boolean;
}

/** What one community's run made of its topics. */
export interface TopicCounts {
  readonly active: number;
  readonly baseline: number;
  readonly created: number;
  readonly updated: number;
  readonly restored: number;
  readonly deleted: number;
  readonly missing: number;
  /** Those of the missing that the run has confirmed gone. */
  readonly confirmed: number;
  /** Of the updated: where unknown fields alone have changed. */
  readonly noisy?: Noisy | undefined;
}

/** The writes that make the stored snapshots equal to what was answered. */
export interface Plan {
  /** Snapshots to store: new, changed, or with another status. */
  readonly snapshots: readonly Snapshot[];
  /** What was stored of each topic, by its id. */
  readonly stored: ReadonlyMap<string, Snapshot>;
  /** History entries of those snapshots that hold a new change. */
  readonly changes: readonly Change[];
  readonly counts: TopicCounts;
  /** Every snapshot of the community as it now is, written or not, with the activity that is known of it. */
  readonly topics: readonly Snapshot[];
  /** Failures that say nothing about whether the topic is there: what is stored of it stays. */
  readonly unknown: readonly TopicFailure[];
}

/**
 * Compares a community's answer with what is stored of it. Absence makes a topic missing, never deleted; what was
 * learnt of the absent ones by their ids makes them active again, or candidates for a tombstone.
 */
export function planCommunity(
  stored: readonly Snapshot[],
  seen: Observation,
  confirmation?: Confirmation,
): Plan {
  const before = new Map(stored.map((snapshot) => [snapshot.topicId, snapshot]));
  const origins = originsIn(stored);
  const present = seen.topics.map((topic) =>
    withOrigin(snapshotOf(topic, before.get(topic.topicId), seen), origins, seen),
  );
  const absent = absentTopics(stored, seen).map((topic) => absentOf(topic, seen, confirmation));
  const plan = planOf(stored, [...present, ...absent], seen.runId);
  return {
    ...plan,
    topics: withActivity(plan.topics, [...seen.topics, ...(confirmation?.topics ?? [])]),
    unknown: seen.failures.filter(isUnknown),
  };
}

/** Topics that were shown have the activity that was shown; the others keep theirs. */
function withActivity(topics: readonly Snapshot[], shown: readonly SplitTopic[]): Snapshot[] {
  const moved = new Map<string, TopicActivity>(shown.map(({ topicId, activity }) => [topicId, activity]));
  return topics.map((topic) => {
    const activity = moved.get(topic.topicId);
    return activity ? { ...topic, activity } : topic;
  });
}

/** The writes by which some snapshots become what they now are. */
export function planOf(
  stored: readonly Snapshot[],
  now: readonly Snapshot[],
  runId: string,
): Omit<Plan, 'unknown'> {
  const before = new Map(stored.map((snapshot) => [snapshot.topicId, snapshot]));
  const after = new Map([...stored, ...now].map((snapshot) => [snapshot.topicId, snapshot]));
  const snapshots = [...after.values()].filter((snapshot) => snapshot !== before.get(snapshot.topicId));
  const changes = snapshots
    .filter((snapshot) => snapshot.lastChangedAt === snapshot.observedAt && hasEntry(snapshot))
    .map(changeOf);
  const topics = [...after.values()];
  return { snapshots, stored: before, changes, topics, counts: countTopics(topics, runId) };
}

/** Counts a community's topics by status, and by what a run did to them. */
export function countTopics(snapshots: readonly Snapshot[], runId: string): TopicCounts {
  const inRun = (kind: RunKind) =>
    snapshots.filter(({ lastChange }) => lastChange.runId === runId && lastChange.runKind === kind).length;
  const having = (status: Snapshot['status']) => snapshots.filter((topic) => topic.status === status).length;
  return {
    active: having('active'),
    missing: having('missing'),
    confirmed: snapshots.filter((topic) => isCandidate(topic, runId)).length,
    baseline: inRun('baseline'),
    created: inRun('created'),
    updated: inRun('updated'),
    restored: inRun('restored'),
    deleted: inRun('deleted'),
    noisy: noisyIn(snapshots, runId),
  };
}
