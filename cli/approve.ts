import type { Catalog } from '../shared/catalog/index.ts';
import { holdsDeletions, type Run } from '../shared/catalog/run.ts';
import { CommandError } from './exit.ts';

/** The newest run whose deletions the guard keeps back, unless a later one has asked for all of them again. */
export async function newestHeldRun({ runsOf }: Pick<Catalog, 'runsOf'>): Promise<Run | undefined> {
  for await (const run of runsOf()) {
    if (holdsDeletions(run)) return run;
    if (run.verdict || run.status === 'COMPLETE') return undefined;
  }
  return undefined;
}

/**
 * Releases what a run holds: it is open again, and close-run, once it is woken, has the deletions carried out. A run
 * that was released before and is still open is left as it is.
 * @param now epoch milliseconds
 * @throws {CommandError} when there is no such run, it holds nothing, or a newer one holds what it held
 */
export async function approveRun(
  catalog: Pick<Catalog, 'readRun' | 'runsOf' | 'releaseRun'>,
  runId: string,
  now: number,
): Promise<void> {
  const run = await catalog.readRun(runId);
  const held = await newestHeldRun(catalog);
  if (!run)
    throw new CommandError(`there is no run ${JSON.stringify(runId)}; ${held ? hint(held) : 'none is held'}`);
  if (run.status === 'RUNNING' && run.approvedAt !== undefined) return;
  if (!holdsDeletions(run)) throw holdsNothing(run);
  if (held && held.runId > runId)
    throw new CommandError(
      `the run ${held.runId} has judged anew what ${runId} held, and holds it; approve that one`,
    );
  // Somebody else may have been faster.
  if (!(await catalog.releaseRun(runId, new Date(now).toISOString()))) throw holdsNothing(run);
}

function hint({ runId }: Run): string {
  return `the one that is held is ${runId}`;
}

function holdsNothing({ runId, status, approvedAt }: Run): CommandError {
  const state = approvedAt === undefined ? `it is ${status}` : `it was approved at ${approvedAt}`;
  return new CommandError(`the run ${runId} holds no deletions: ${state}`);
}
