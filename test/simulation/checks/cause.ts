import type { Run } from '../../../shared/catalog/run.ts';
import { listedCount, runs, type Scene } from './scene.ts';

/** What was given up on, by the queue or by the platform. */
export interface GivenUp {
  /** Ids of runs whose schedule's event failed for good. */
  readonly nights: ReadonlySet<string>;
  /** Ids of runs of which a community's message is a dead letter. */
  readonly communities: ReadonlySet<string>;
  /** Ids of runs one of whose listings died: of two at the same time the other one goes on. */
  readonly listings: ReadonlySet<string>;
}

/**
 * A run that ends without all of its communities, or without its list, does so because something was given up.
 * @param queued how many communities messages of the run have named
 */
export function checkCause(scene: Scene, run: Run, givenUp: GivenUp, queued: number): void {
  const { runId, reasons = [], haltedBy } = run;
  // A stamp names the outcome of one run: of two at the same time the earlier may lose its own.
  if (haltedBy !== undefined || runs(scene).some((other) => overlaps(run, other))) return;
  const says = (text: string) => reasons.some((reason) => reason.includes(text));
  const isLost = givenUp.nights.has(runId);
  // It names a page's communities before it queues them; what it alone found is then named and never asked for.
  const isUnsent = givenUp.listings.has(runId) && queued < listedCount(scene, runId);
  if (says('have no outcome') && !isLost && !isUnsent && !givenUp.communities.has(runId))
    scene.violate(
      'incomplete-has-a-cause',
      `${runId} waits for communities no longer, and no message was given up`,
    );
  if (says('not read to its end') && !isLost)
    scene.violate('incomplete-has-a-cause', `${runId} has no complete list, and no delivery was given up`);
}

/** A run that a person has opened again is under way, whenever it was closed before. */
function overlaps({ runId, startedAt, closedAt = '' }: Run, other: Run): boolean {
  if (other.runId === runId) return false;
  if (other.status === 'RUNNING') return true;
  return other.startedAt <= closedAt && (other.closedAt === undefined || other.closedAt >= startedAt);
}
