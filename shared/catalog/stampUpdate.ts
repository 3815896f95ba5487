import type { Community, CommunityDeletions, CommunityRun } from './community.ts';
import { communityKey } from './keys.ts';
import { type Expression, type Store, setAll, type Update } from './store.ts';
import { updateItem } from './writeItems.ts';

/** What a community's snapshots amount to once they are written. */
export interface Written {
  readonly topicCount: number;
  readonly missingCount: number;
  /** Absent: the next answer is compared with the snapshots, whatever its digest. */
  readonly digest?: string;
  /** Set when the answer was that the community does not exist. */
  readonly lastErrorCode?: number;
  readonly deletions?: CommunityDeletions | undefined;
  /** Default active: the community has answered. */
  readonly status?: Community['status'];
}

/** What an error leaves on a stamp. */
export const ERROR_FIELDS = [
  'lastErrorCode',
  'lastError',
  'lastErrorRunId',
  'failingSince',
  'attention',
  'attentionSince',
  'ignoredAt',
  'ignoredReason',
];

/** Bytes of an error that a stamp keeps: with the longest ids and figures the stamp is still under 1 KB. */
const ERROR_BYTES = 140;

/**
 * Changes a stamp. @returns whether the condition let it.
 * @param mayBeInAttention whether the stamp may be in the attention index: as it was tells what the change costs there
 */
export async function update(
  store: Store,
  sdkAppId: number,
  groupId: string,
  change: Update,
  condition: Expression,
  mayBeInAttention = true,
): Promise<boolean> {
  const key = communityKey(sdkAppId, groupId);
  const returns = mayBeInAttention ? 'ALL_OLD' : 'NONE';
  return (await updateItem(store, key, change, condition, returns)) !== undefined;
}

/** That a stamp has the block of a run that it had when it was read: what others have counted since would be lost. */
export function withRunAt(seenAt: string | undefined): Required<Expression> {
  const expression = seenAt === undefined ? 'attribute_not_exists(#run)' : '#run.askedAt = :seenAt';
  return { expression, names: { '#run': 'run' }, values: seenAt === undefined ? {} : { ':seenAt': seenAt } };
}

/** Sets what a complete answer says and clears what a failure or a writer left. */
export function success(written: Partial<Written>, run: CommunityRun): Update {
  const status = written.status ?? 'active';
  const set = setAll({ ...written, status, lastSyncedAt: run.askedAt, run });
  const left = [...(status === 'deleted' ? [] : ['deletedAt']), ...ERROR_FIELDS, 'writer', 'writingUntil'];
  const clear = left.filter((name) => !(name in written));
  return { ...set, expression: `${set.expression} REMOVE ${clear.join(', ')}`, removes: clear };
}

/** The text's first bytes; a character that they would cut through is left out (`stream` holds it back). */
export function shortened(text: string): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, ERROR_BYTES), { stream: true });
}
