import type { TopicFields } from '../chat/types.ts';
import { detailsOf, diff } from './diff.ts';
import type { Observation } from './plan.ts';
import { type ChangeKind, type LastChange, type Snapshot, withoutAbsence } from './snapshot.ts';

/** The snapshot that an answer's topic makes of the stored one; the stored one itself when nothing differs. */
export function snapshotOf(topic: TopicFields, stored: Snapshot | undefined, seen: Observation): Snapshot {
  const details = detailsOf(topic);
  if (!stored) return created(topic.topicId, details, seen);
  const difference = diff(stored.details, details);
  const back = stored.status === 'deleted';
  if (!difference && stored.status === 'active') return stored;

  const { deletedAt: _deleted, deletedCode: _code, ...kept } = withoutAbsence(stored);
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
