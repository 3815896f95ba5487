import type { Change } from '../../sync/snapshot.ts';
import { dayOf } from '../changes.ts';
import { runsPartition } from '../keys.ts';
import { queryItems } from '../readItems.ts';
import { toRun } from '../runs.ts';
import type { Store } from '../store.ts';
import { type ChangesWanted, changesBetween } from './changesBetween.ts';
import { endOf } from './days.ts';

/** Which changes are wanted, and what time it is, ISO 8601 UTC with milliseconds. */
export interface ChangesSince extends Pick<ChangesWanted, 'kinds' | 'limit' | 'after'> {
  readonly since: string;
  readonly now: string;
}

/**
 * Yields what changed since an instant, in the order of observedAt, groupId, topicId, to the end of today: a clock that
 * is behind hides nothing. The days before the app's first run are not asked for.
 */
export async function* changesSince(
  store: Store,
  sdkAppId: number,
  { since, now, ...wanted }: ChangesSince,
): AsyncGenerator<Change> {
  const begin = await beginningOf(store, sdkAppId);
  if (begin === undefined) return;
  const from = begin > since ? begin : since;
  yield* changesBetween(store, sdkAppId, { ...wanted, from, to: endOf(dayOf(now)) });
}

/** An instant before which no run can have seen anything; undefined before the first run. The ledger keeps every run. */
async function beginningOf(store: Store, sdkAppId: number): Promise<string | undefined> {
  const condition = { expression: 'pk = :pk', values: { ':pk': runsPartition(sdkAppId) } };
  for await (const item of queryItems(store, condition, { limit: 1 })) {
    const { runId, startedAt } = toRun(item);
    // A run that was started for a time long past has an earlier id, and no run starts before the time it is for.
    return runId < startedAt ? runId : startedAt;
  }
  return undefined;
}
