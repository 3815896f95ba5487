import { runKey } from './keys.ts';
import type { Run } from './run.ts';
import { type Expression, type Store, setAll } from './store.ts';
import { updateItem } from './writeItems.ts';

/** Sets attributes of a run's ledger entry. @returns false when the condition does not hold */
export async function updateRun(
  store: Store,
  sdkAppId: number,
  runId: string,
  set: Partial<Run>,
  condition: Expression,
): Promise<boolean> {
  return (await updateItem(store, runKey(sdkAppId, runId), setAll(set), condition)) !== undefined;
}
