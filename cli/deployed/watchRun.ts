import type { Run } from '../../shared/catalog/run.ts';
import { CommandError, EXIT } from '../exit.ts';

/** How a run is looked at, and what is told of it. */
export interface Lookout {
  /** The run's ledger entry, or undefined as long as it has none. */
  read(): Promise<Run | undefined>;
  /** Communities that are queued or under way. Left out where nobody sees the progress. */
  depth?(): Promise<number>;
  onProgress(done: number, listed: number): void;
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Time between two looks: a read unit each, $0.0005 an hour. */
export const LOOK_MS = 1_000;

/** A function that has not opened its run by then has failed, or waits for a retry: Lambda's first is a minute on. */
export const BEGIN_MS = 60_000;

/** How long AWS may be out of reach before a run that goes on is left to itself. */
export const LOST_MS = 60_000;

/**
 * Watches a run until it is closed, for however long that takes.
 * @returns the closed run, or undefined when it has not begun after {@link BEGIN_MS}
 * @throws {CommandError} when it cannot be looked at any more
 */
export async function watchRun(lookout: Lookout): Promise<Run | undefined> {
  const since = lookout.now();
  let begun = false;
  let seenAt = since;
  for (;;) {
    const run = await lookout.read().catch((error: unknown) => {
      if (!mayPass(error) || lookout.now() - seenAt >= LOST_MS) throw error;
      return 'unseen' as const;
    });
    if (run !== 'unseen') {
      seenAt = lookout.now();
      if (run && run.status !== 'RUNNING') return run;
      if (run) await tellProgress(lookout, run);
      begun ||= run !== undefined;
      if (!begun && seenAt - since >= BEGIN_MS) return undefined;
    }
    await lookout.sleep(LOOK_MS);
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof CommandError && error.exitCode === EXIT.unreachable;
}

/** What is listed and no longer queued is done. The queue counts approximately, and so does this. */
async function tellProgress({ depth, onProgress }: Lookout, run: Run): Promise<void> {
  // Progress is no reason to stop watching: these credentials may not see the queue.
  const queued = await depth?.().catch(() => undefined);
  if (queued === undefined) return;
  onProgress(Math.max(0, run.listedIds - queued), Math.max(run.totalCountMax ?? 0, run.listedIds));
}
