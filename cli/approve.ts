import type { Catalog } from '../shared/catalog/index.ts';
import { awaitsTrust, holdsDeletions, type Run } from '../shared/catalog/run.ts';
import { CommandError } from './exit.ts';

/**
 * The newest run that waits for a person: the guard keeps its deletions back, or its list is too short to be taken for
 * true. None, when a later one has asked for everything again.
 */
export async function newestHeldRun({ runsOf }: Pick<Catalog, 'runsOf'>): Promise<Run | undefined> {
  for await (const run of runsOf()) {
    if (isWaiting(run)) return run;
    if (run.verdict || run.status === 'COMPLETE') return undefined;
  }
  return undefined;
}

/**
 * Releases what a run holds: it is open again, and close-run, once it is woken, has the deletions carried out. Of a run
 * whose list is too short, it has the communities asked for that the list does not name. A run that was released before
 * and is still open is left as it is.
 * @param now epoch milliseconds
 * @throws {CommandError} when there is no such run, it holds nothing, or a newer one holds what it held
 */
export async function approveRun(
  catalog: Pick<Catalog, 'readRun' | 'runsOf' | 'releaseRun' | 'trustList'>,
  runId: string,
  now: number,
): Promise<void> {
  const run = await catalog.readRun(runId);
  const held = await newestHeldRun(catalog);
  if (!run)
    throw new CommandError(`there is no run ${JSON.stringify(runId)}; ${held ? hint(held) : 'none is held'}`);
  if (run.status === 'RUNNING' && (run.approvedAt ?? run.trustedAt) !== undefined) return;
  if (!isWaiting(run)) throw holdsNothing(run);
  if (held && held.runId > runId)
    throw new CommandError(
      `the run ${held.runId} has judged anew what ${runId} held, and holds it; approve that one`,
    );
  // Somebody else may have been faster.
  const release = awaitsTrust(run) ? catalog.trustList : catalog.releaseRun;
  if (!(await release(runId, new Date(now).toISOString()))) throw holdsNothing(run);
}

function isWaiting(run: Run): boolean {
  return holdsDeletions(run) || awaitsTrust(run);
}

function hint({ runId }: Run): string {
  return `the one that is held is ${runId}`;
}

function holdsNothing({ runId, status, approvedAt, trustedAt }: Run): CommandError {
  const at = approvedAt ?? trustedAt;
  const state = at === undefined ? `it is ${status}` : `it was approved at ${at}`;
  return new CommandError(`the run ${runId} holds no deletions: ${state}`);
}
