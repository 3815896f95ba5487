import { setTimeout as sleep } from 'node:timers/promises';
import { closeAgain } from '../../local/night.ts';
import { openCommunities } from '../../local/resume.ts';
import { type Catalog, catalogOf } from '../../shared/catalog/index.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { ENV, type Environment } from '../../shared/config.ts';
import { CommandError } from '../exit.ts';
import { unlessInterrupted } from '../interrupt.ts';
import { withMirror } from '../mirror.ts';
import { preflight } from '../preflight.ts';
import { type Night, openLocalMirror, workOn } from '../sync.ts';
import { newestRun, reopen, runNamed } from './reopen.ts';

/** Which run to put communities back into, and of which app; without a run the newest. */
export interface WhichRun {
  readonly run?: string;
  readonly app?: number;
}

/**
 * Queues what failed in a run on this machine once more, and closes the run again. The embedded queues keep their dead
 * letters in memory only: the ledger and the stamps say what failed.
 * @returns undefined when the run misses no community
 * @throws {CommandError} when there is no such run, or its list was not read to its end
 */
export async function redriveHere(
  env: Environment,
  { run: named, app }: WhichRun,
  signal: AbortSignal,
): Promise<Omit<Night, 'resumed'> | undefined> {
  const found = await withMirror(
    env,
    async ({ store, sdkAppId }) => {
      const catalog = catalogOf(store, sdkAppId);
      const run = named === undefined ? await newestRun(catalog) : await runNamed(catalog, named);
      return (await missesAny(catalog, run)) ? { run, sdkAppId } : undefined;
    },
    { ...(app !== undefined && { app }) },
  );
  if (!found) return undefined;
  return workAgain({ ...env, [ENV.sdkAppId]: String(found.sdkAppId) }, found.sdkAppId, found.run, signal);
}

async function workAgain(env: Environment, sdkAppId: number, run: Run, signal: AbortSignal) {
  // The API is tried before the run is opened: a key that is still wrong must not end it a second time.
  const { listAgainAt } = await unlessInterrupted(signal, () => preflight(env));
  const mirror = await openLocalMirror(env);
  try {
    await unlessInterrupted(signal, () => sleep(Math.max(0, listAgainAt - Date.now())));
    await reopen(catalogOf(mirror.store, sdkAppId), run, Date.now());
    return await workOn(mirror, { runId: run.runId, label: 'redriving', work: closeAgain, signal });
  } finally {
    await mirror.close();
  }
}

/** Whether a run waits for a community: one that failed, or that nobody has come to. */
async function missesAny(catalog: Catalog, run: Run): Promise<boolean> {
  if (run.status === 'COMPLETE' || run.status === 'HELD') return false;
  if (run.enumeratedAt === undefined) {
    const sync = run.status === 'RUNNING' ? 'sync goes on with it' : 'sync begins a new one';
    throw new CommandError(`the list of the run ${run.runId} was not read to its end; ${sync}`);
  }
  if (run.status === 'RUNNING') return true;
  // Deletions are judged anew once the run is open: they are asked for by close-run.
  const { approvedAt: _, ...anew } = run;
  for await (const _open of openCommunities(catalog, anew)) return true;
  return false;
}
