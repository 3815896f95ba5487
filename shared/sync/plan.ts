import { CODES } from '../chat/codes.ts';
import type { TopicFailure, TopicFields } from '../chat/types.ts';
import { detailsOf, diff } from './diff.ts';
import { type Change, type ChangeKind, changeOf, type LastChange, type Snapshot } from './snapshot.ts';

/** A community's answer, and when and for which run it was asked for. */
export interface Observation {
  readonly runId: string;
  readonly groupId: string;
  /** When the request was sent, ISO 8601 UTC with milliseconds. */
  readonly observedAt: string;
  readonly topics: readonly TopicFields[];
  /** Topics that the answer names with an error of their own. */
  readonly failures: readonly TopicFailure[];
}

/** What one community's run made of its topics. */
export interface TopicCounts {
  readonly active: number;
  readonly created: number;
  readonly updated: number;
  readonly restored: number;
  readonly deleted: number;
  readonly missing: number;
}

/** The writes that make the stored snapshots equal to an answer. */
export interface Plan {
  /** Snapshots to store: new, changed, or with another status. */
  readonly snapshots: readonly Snapshot[];
  /** History entries of those snapshots that hold a new change. */
  readonly changes: readonly Change[];
  readonly counts: TopicCounts;
  /** Failures that say nothing about whether the topic is there: what is stored of it stays. */
  readonly unknown: readonly TopicFailure[];
}

/** Codes with which get_topic says of one topic that it has been deleted. */
export const TOPIC_GONE_CODES: ReadonlySet<number> = new Set([CODES.topicDeleted, CODES.gone]);

/** Compares a community's answer with what is stored of it. Absence makes a topic missing, never deleted. */
export function planCommunity(stored: readonly Snapshot[], seen: Observation): Plan {
  const before = new Map(stored.map((snapshot) => [snapshot.topicId, snapshot]));
  const unknown = seen.failures.filter((failure) => !TOPIC_GONE_CODES.has(failure.code));
  const present = seen.topics.map((topic) => snapshotOf(topic, before.get(topic.topicId), seen));
  const spared = new Set([...seen.topics, ...unknown].map(({ topicId }) => topicId));
  const absent = stored.filter(({ topicId }) => !spared.has(topicId)).map((topic) => missing(topic, seen));

  const after = new Map([...stored, ...present, ...absent].map((snapshot) => [snapshot.topicId, snapshot]));
  const snapshots = [...after.values()].filter((snapshot) => snapshot !== before.get(snapshot.topicId));
  const changes = snapshots.filter(({ lastChangedAt }) => lastChangedAt === seen.observedAt).map(changeOf);
  return { snapshots, changes, counts: countTopics([...after.values()], seen.runId), unknown };
}

/** Counts a community's topics by status, and by what a run did to them. */
export function countTopics(snapshots: readonly Snapshot[], runId: string): TopicCounts {
  const inRun = (kind: ChangeKind) =>
    snapshots.filter(({ lastChange }) => lastChange.runId === runId && lastChange.runKind === kind).length;
  const having = (status: Snapshot['status']) => snapshots.filter((topic) => topic.status === status).length;
  return {
    active: having('active'),
    missing: having('missing'),
    created: inRun('created'),
    updated: inRun('updated'),
    restored: inRun('restored'),
    deleted: inRun('deleted'),
  };
}

/** The snapshot that an answer's topic makes of the stored one; the stored one itself when nothing differs. */
function snapshotOf(topic: TopicFields, stored: Snapshot | undefined, seen: Observation): Snapshot {
  const details = detailsOf(topic);
  if (!stored) return created(topic.topicId, details, seen);
  const difference = diff(stored.details, details);
  const back = stored.status === 'deleted';
  if (!difference && stored.status === 'active') return stored;

  const { missingSince: _missing, deletedAt: _deleted, deletedCode: _code, ...kept } = stored;
  const active = { ...kept, details, status: 'active', observedAt: seen.observedAt } as const;
  // A missing topic that is back unchanged was never gone: that is no entry in its history.
  if (!difference && !back) return active;
  const lastChange = changeIn(seen, back ? 'restored' : 'updated', stored.lastChange, difference);
  return { ...active, lastChangedAt: seen.observedAt, lastChange };
}

function created(topicId: string, details: Snapshot['details'], seen: Observation): Snapshot {
  const { groupId, observedAt, runId } = seen;
  const lastChange: LastChange = { runId, kind: 'created', runKind: 'created', after: details };
  const times = { firstSeenAt: observedAt, lastChangedAt: observedAt, observedAt };
  return { groupId, topicId, details, status: 'active', ...times, lastChange };
}

function changeIn(
  { runId }: Observation,
  kind: ChangeKind,
  earlier: LastChange,
  difference: { before: Snapshot['details']; after: Snapshot['details'] } | undefined,
): LastChange {
  const sticky = earlier.runId === runId && (earlier.runKind === 'created' || earlier.runKind === 'restored');
  return { runId, kind, runKind: sticky ? earlier.runKind : kind, ...difference };
}

function missing(stored: Snapshot, { observedAt }: Observation): Snapshot {
  if (stored.status !== 'active') return stored;
  return { ...stored, status: 'missing', missingSince: observedAt, observedAt };
}
