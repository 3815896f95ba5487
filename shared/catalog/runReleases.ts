import { runKey } from './keys.ts';
import { type Store, setAll } from './store.ts';
import { updateRun } from './updateRun.ts';
import { updateItem } from './writeItems.ts';

/**
 * Releases what a closed run holds, and opens it again. To find `at` there is to find a request of one's own whose
 * answer was lost, here and in the two below.
 * @returns false when it holds nothing any more
 */
export function releaseRun(store: Store, sdkAppId: number, runId: string, at: string): Promise<boolean> {
  return updateRun(
    store,
    sdkAppId,
    runId,
    { approvedAt: at, status: 'RUNNING' },
    {
      expression:
        '#status IN (:held, :incomplete) AND size(verdict.reasons) > :none AND attribute_not_exists(approvedAt) ' +
        'OR approvedAt = :approvedAt',
      names: { '#status': 'status' },
      values: { ':held': 'HELD', ':incomplete': 'INCOMPLETE', ':none': 0 },
    },
  );
}

/**
 * Opens an INCOMPLETE run again, for communities that are queued once more. What ended it is forgotten, and its
 * deletions are judged anew, those that it has carried out included.
 * @returns false when it is not INCOMPLETE any more
 */
export async function reopenRun(store: Store, sdkAppId: number, runId: string, at: string): Promise<boolean> {
  const set = setAll({ status: 'RUNNING', reopenedAt: at });
  const forgotten = ['haltedBy', 'verdict', 'tombstonesAskedAt', 'approvedAt'];
  const change = { ...set, expression: `${set.expression} REMOVE ${forgotten.join(', ')}` };
  const condition = {
    expression: '#status = :incomplete OR reopenedAt = :reopenedAt',
    values: { ':incomplete': 'INCOMPLETE' },
  };
  return (await updateItem(store, runKey(sdkAppId, runId), change, condition)) !== undefined;
}

/**
 * Opens a closed run again whose list a person has said is true: what it does not name may be asked for.
 * @returns false when it does not wait for that any more
 */
export function trustList(store: Store, sdkAppId: number, runId: string, at: string): Promise<boolean> {
  return updateRun(
    store,
    sdkAppId,
    runId,
    { trustedAt: at, status: 'RUNNING' },
    {
      expression:
        '#status = :incomplete AND shrunkBy > :none AND attribute_not_exists(trustedAt) OR trustedAt = :trustedAt',
      names: { '#status': 'status' },
      values: { ':incomplete': 'INCOMPLETE', ':none': 0 },
    },
  );
}
