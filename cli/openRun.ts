import { type Run, runsOf } from '../shared/catalog/runs.ts';
import type { Store } from '../shared/catalog/store.ts';

/** An open run older than this is not gone on with: its list is no longer the app's. */
const RESUME_MS = 6 * 3_600_000;

/** The app's newest run, if it is open and young enough to go on with. @param now epoch milliseconds */
export async function openRunOf(store: Store, sdkAppId: number, now: number): Promise<Run | undefined> {
  for await (const run of runsOf(store, sdkAppId, { limit: 1 })) {
    if (run.status === 'RUNNING' && Date.parse(run.startedAt) > now - RESUME_MS) return run;
  }
  return undefined;
}
