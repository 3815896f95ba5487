import { type Run, readRun, runsOf } from '../shared/catalog/runs.ts';
import { CommandError } from './exit.ts';
import type { Mirror } from './mirror.ts';

/** A run that has ended. */
export type EndedRun = Run & { readonly closedAt: string };

/**
 * The run that a command is to tell of: the one that is named, or else the newest that has ended.
 * @param runId what `--run` says @throws {CommandError} when there is none, or it has not ended
 */
export async function endedRun({ store, sdkAppId }: Mirror, runId: string | undefined): Promise<EndedRun> {
  if (runId !== undefined) {
    const run = await readRun(store, sdkAppId, runId);
    if (run && hasEnded(run)) return run;
    const why = run ? 'has not ended yet' : 'is not in the ledger';
    throw new CommandError(`--run is ${JSON.stringify(runId)}, which ${why}; "runs" lists those there are`);
  }
  for await (const run of runsOf(store, sdkAppId)) if (hasEnded(run)) return run;
  throw new CommandError('no run has ended yet; "runs" lists those there are');
}

/** A run that was opened again is counted anew: until it is closed once more, it has not ended. */
function hasEnded(run: Run): run is EndedRun {
  return run.status !== 'RUNNING' && run.closedAt !== undefined;
}
