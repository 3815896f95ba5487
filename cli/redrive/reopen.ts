import type { Catalog } from '../../shared/catalog/index.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { CommandError } from '../exit.ts';

/** The app's newest run. @throws {CommandError} when there is none */
export async function newestRun({ runsOf }: Pick<Catalog, 'runsOf'>): Promise<Run> {
  for await (const run of runsOf({ limit: 1 })) return run;
  throw new CommandError('there is no run yet; sync begins one');
}

/** A run by its id. @throws {CommandError} when there is none */
export async function runNamed({ readRun }: Pick<Catalog, 'readRun'>, runId: string): Promise<Run> {
  const run = await readRun(runId);
  if (run) return run;
  throw new CommandError(`there is no run ${JSON.stringify(runId)}; runs lists those that there are`);
}

/**
 * Opens an INCOMPLETE run for communities that are put back; one that is open is left as it is.
 * @param now epoch milliseconds
 * @throws {CommandError} when it was halted before its list was read to its end, or is complete
 */
export async function reopen(catalog: Pick<Catalog, 'reopenRun'>, run: Run, now: number): Promise<void> {
  const { runId, status, haltedBy, enumeratedAt } = run;
  if (status === 'RUNNING') return;
  if (haltedBy && enumeratedAt === undefined)
    throw new CommandError(
      `the run ${runId} was halted before its list was read to its end; sync begins a new one`,
    );
  // Somebody else may have been faster.
  if (status === 'INCOMPLETE' && (await catalog.reopenRun(runId, new Date(now).toISOString()))) return;
  throw new CommandError(`the run ${runId} misses no community: it is ${status}`);
}
