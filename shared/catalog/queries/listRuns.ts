import type { Run } from '../run.ts';
import { runsOf } from '../runs.ts';
import { placed, type Question } from './answer.ts';

/** Which runs are wanted. */
export interface RunsWanted {
  /** Most runs to yield. */
  readonly limit?: number | undefined;
}

/** The ledger of runs, newest first. */
export const listRuns: Question<RunsWanted, Run> = {
  order: 'runs',
  length: 1,
  ask: (store, sdkAppId, { limit }, after) =>
    placed(runsOf(store, sdkAppId, { limit, before: after?.[0] }), ({ runId }) => [runId]),
};
