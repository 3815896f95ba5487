import { type Plan, planOf } from './plan.ts';
import { isCandidate, type LastChange, type Snapshot } from './snapshot.ts';
import { joinDetails } from './split.ts';

/** What a run was allowed to delete. Times are ISO 8601 UTC with milliseconds. */
export interface Judged {
  readonly runId: string;
  /** When the run was judged: what was confirmed after that was not counted, and is not deleted. */
  readonly judgedAt: string;
  /** When the community's last complete answer was asked for. */
  readonly lastSyncedAt: string;
}

/**
 * The writes that make a run's candidates tombstones. A topic that a newer answer has shown is no candidate any
 * more. A tombstone is as old as its proof: a topic's history stands in the order of the answers, whenever a
 * deletion is carried out.
 */
export function planTombstones(stored: readonly Snapshot[], judged: Judged): Omit<Plan, 'unknown'> {
  const tombstones = stored
    .filter((topic) => isCandidate(topic, judged.runId) && (topic.confirmedAt ?? '') <= judged.judgedAt)
    .map((topic) => tombstoneOf(topic, judged));
  return planOf(stored, tombstones, judged.runId);
}

function tombstoneOf(candidate: Snapshot, { runId, lastSyncedAt }: Judged): Snapshot {
  const { confirmedAt, confirmedCode, confirmedRunId: _, ...kept } = candidate;
  // Younger than the community's stamp too, by which an entry that a dead writer left out is found.
  const observedAt = nextMillisecond(lastSyncedAt > kept.observedAt ? lastSyncedAt : kept.observedAt);
  const lastChange: LastChange = {
    runId,
    kind: 'deleted',
    runKind: 'deleted',
    before: joinDetails(candidate.profile, candidate.activity),
  };
  return {
    ...kept,
    status: 'deleted',
    observedAt,
    lastChangedAt: observedAt,
    lastChange,
    ...(confirmedAt !== undefined && { deletedAt: confirmedAt }),
    ...(confirmedCode !== undefined && { deletedCode: confirmedCode }),
  };
}

function nextMillisecond(time: string): string {
  return new Date(Date.parse(time) + 1).toISOString();
}
