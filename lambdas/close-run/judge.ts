import type { Run, Verdict } from '../../shared/catalog/run.ts';
import { type Deletions, reasonsToHold } from '../../shared/sync/guard.ts';
import type { Tally } from '../../shared/sync/tally.ts';
import { listDoubt } from '../../shared/sync/verdict.ts';
import type { CloseParts } from './closeRun.ts';

/**
 * Judges the run's confirmed deletions, once. A halted run, or one whose list was not provably complete, is not
 * judged and deletes nothing: the guard would see only a part.
 */
export async function verdictOn(
  { catalog, limits }: Pick<CloseParts, 'catalog' | 'limits'>,
  run: Run,
  tally: Tally,
  judgedAt: string,
): Promise<Verdict | undefined> {
  if (run.verdict || tally.candidates.length === 0 || run.haltedBy) return run.verdict;
  if (listDoubt(run, tally, limits) !== undefined) return undefined;
  const verdict = { judgedAt, reasons: reasonsToHold(judgedOf(run, tally.deletions), limits) };
  // Before anything is queued: a repeat must not judge what is left of a run that is being carried out.
  if (await catalog.noteVerdict(run.runId, verdict)) return verdict;
  return (await catalog.readRun(run.runId))?.verdict;
}

/** What the guard looks at. That so many communities are gone a person has said already, who trusted the list. */
function judgedOf({ trustedAt, shrunkBy = 0 }: Run, deletions: Deletions): Deletions {
  if (trustedAt === undefined) return deletions;
  return { ...deletions, communities: Math.max(0, deletions.communities - shrunkBy) };
}

/**
 * Queues the communities whose deletions the guard allows, or a person has approved, once a run.
 * @returns whether any were queued
 */
export async function askTombstones(
  { catalog, enqueueConfirmed, now }: Pick<CloseParts, 'catalog' | 'enqueueConfirmed' | 'now'>,
  run: Run,
  { candidates }: Tally,
  verdict: Verdict | undefined,
): Promise<boolean> {
  if (!verdict || isHeld(run, verdict) || run.haltedBy) return false;
  if (candidates.length === 0 || run.tombstonesAskedAt !== undefined) return false;
  await enqueueConfirmed(run.runId, candidates, verdict.judgedAt);
  // After the queueing, not before: a crash in between queues twice, which is harmless.
  await catalog.markTombstonesAsked(run.runId, new Date(now()).toISOString());
  return true;
}

/** Whether the guard keeps back what a verdict is about. */
export function isHeld({ approvedAt }: Run, { reasons }: Verdict): boolean {
  return reasons.length > 0 && approvedAt === undefined;
}
