import { diff } from './diff.ts';
import type { Observation } from './plan.ts';
import { type ChangeKind, type LastChange, type RunKind, type Snapshot, withoutAbsence } from './snapshot.ts';
import type { SplitTopic } from './split.ts';

/** The snapshot that an answer's topic makes of the stored one; the stored one itself when its profile is the same. */
export function snapshotOf(
  { topicId, profile }: SplitTopic,
  stored: Snapshot | undefined,
  seen: Observation,
): Snapshot {
  if (!stored) return created(topicId, profile, seen);
  const difference = diff(stored.profile, profile);
  const back = stored.status === 'deleted';
  if (!difference && stored.status === 'active') return stored;

  const { deletedAt: _deleted, deletedCode: _code, ...kept } = withoutAbsence(stored);
  const active = { ...kept, profile, status: 'active', observedAt: seen.observedAt } as const;
  // A missing topic that is back unchanged was never gone: that is no entry in its history.
  if (!difference && !back) return active;
  const lastChange = changeIn(seen, back ? 'restored' : 'updated', stored.lastChange, difference);
  return { ...active, lastChangedAt: seen.observedAt, lastChange };
}

function created(topicId: string, profile: Snapshot['profile'], seen: Observation): Snapshot {
  const { groupId, observedAt, runId, isBaseline } = seen;
  const runKind: RunKind = isBaseline ? 'baseline' : 'created';
  const lastChange: LastChange = { runId, kind: 'created', runKind, after: profile };
  const times = { firstSeenAt: observedAt, lastChangedAt: observedAt, observedAt };
  return { groupId, topicId, profile, status: 'active', ...times, lastChange };
}

/** What a run makes of a topic that it has made new itself stays with the run. */
const STICKY: ReadonlySet<RunKind> = new Set(['baseline', 'created', 'restored']);

function changeIn(
  { runId }: Observation,
  kind: ChangeKind,
  earlier: LastChange,
  difference: { before: Snapshot['profile']; after: Snapshot['profile'] } | undefined,
): LastChange {
  const isSticky = earlier.runId === runId && STICKY.has(earlier.runKind);
  return { runId, kind, runKind: isSticky ? earlier.runKind : kind, ...difference };
}
