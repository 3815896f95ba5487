import type { Run } from '../../../shared/catalog/run.ts';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import { readRun } from '../../../shared/catalog/runs.ts';
import { createTally } from '../../../shared/sync/tally.ts';
import { at, RUN_ID } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

export const OPENED = { runId: RUN_ID, startedAt: at(1), limit: 10_000 };

/** A table with ledgers in it. */
export function useLedgers() {
  const table = useMemoryTable();
  return {
    table,
    /** A run that has just been opened, of an app of its own. */
    openedRun: async (): Promise<{ app: number; run: Run }> => {
      const app = table.freshApp();
      return { app, run: await openRun(table.store, app, OPENED) };
    },
    read: async (app: number, runId = RUN_ID) => (await readRun(table.store, app, runId)) as Run,
  };
}

/** How a run ends that has nothing to say against. */
export function outcomeOf(run: Run) {
  const summary = createTally(run).summary(run, at(100), { writeUnits: 1, readUnits: 8 }, false);
  return {
    status: 'COMPLETE',
    closedAt: at(100),
    reasons: [],
    failures: [{ groupId: 'g', code: 10007, message: 'no' }],
    summary: { ...summary, status: 'COMPLETE' },
  } as const;
}
