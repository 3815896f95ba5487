import { DISTRUSTED } from './communities.ts';
import type { Community, CommunityDeletions, CommunityRun, Failure } from './community.ts';
import { failingAs } from './ignored.ts';
import { attentionOf } from './keys.ts';
import { ERROR_FIELDS, shortened, success, update, type Written, withRunAt } from './stampUpdate.ts';
import { type Store, setAll } from './store.ts';
import type { WriterLease } from './writerLease.ts';

/**
 * Stamps a community whose answer has the profiles of the stored digest. Refused when the stamp is not the one that was
 * read, or a newer answer is in: the caller must look again.
 * @param answered the answer's digest: with messages its second half is another
 */
export function stampUnchanged(
  store: Store,
  sdkAppId: number,
  { groupId, digest, missingCount, failingSince, run: seen }: Community,
  run: CommunityRun,
  answered: string | undefined = digest,
): Promise<boolean> {
  const asRead = withRunAt(seen?.askedAt);
  const unchanged = `digest = :seenDigest AND missingCount = :missing AND lastSyncedAt < :askedAt AND ${asRead.expression}`;
  // A repeated request whose first answer was lost finds its own block there.
  const own = '#run.id = :runId AND #run.askedAt = :askedAt';
  const free = 'attribute_not_exists(writer)';
  const condition = {
    // Without parentheses, in which the embedded store reads a condition several times over.
    expression: `${free} AND ${unchanged} OR ${free} AND ${own}`,
    names: asRead.names,
    values: {
      ...asRead.values,
      ...{
        ':seenDigest': digest,
        ':missing': missingCount,
        ':askedAt': run.askedAt,
        ':runId': run.id,
      },
    },
  };
  // Most communities of most nights are here: a stamp that nothing was wrong with is not sent back for nothing.
  return update(
    store,
    sdkAppId,
    groupId,
    success(answered === digest ? {} : { digest: answered as string }, run),
    condition,
    failingSince !== undefined,
  );
}

/**
 * Stamps a community whose snapshots are written, and gives the lease back; without the digest when another writer, who
 * has lost its lease, may have been at them meanwhile. Refused when the lease was lost.
 */
export async function stampWritten(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer }: WriterLease,
  { digest, ...written }: Written,
  run: CommunityRun,
): Promise<boolean> {
  const mine = 'writer = :me';
  const stamp = (state: Written, condition: string) =>
    update(store, sdkAppId, groupId, success(state, run), {
      expression: condition,
      values: { ':me': writer },
    });
  if (digest === undefined) return stamp(written, mine);
  const alone = `${mine} AND attribute_not_exists(${DISTRUSTED})`;
  return (await stamp({ ...written, digest }, alone)) || stamp(written, mine);
}

/** What carrying out deletions leaves of a community. */
export type Tombstones = Pick<Community, 'topicCount' | 'missingCount' | 'run'> & {
  readonly deletions: CommunityDeletions | undefined;
  /** Set when the community itself is deleted. */
  readonly deletedAt?: string | undefined;
  /** Whether the stamp's error is that of an earlier delivery of the same work, which is done now. */
  readonly clearsError?: boolean;
};

/** Stamps a community whose deletions are carried out, and gives the lease back. Refused when it was lost. */
export function stampTombstones(
  store: Store,
  sdkAppId: number,
  groupId: string,
  { writer }: WriterLease,
  { deletedAt, clearsError = false, ...state }: Tombstones,
): Promise<boolean> {
  const gone = deletedAt === undefined ? {} : { deletedAt, status: 'deleted' };
  const set = setAll({ ...state, ...gone });
  const left = ['writer', 'writingUntil', ...(clearsError ? ERROR_FIELDS : [])];
  const change = { ...set, expression: `${set.expression} REMOVE ${left.join(', ')}`, removes: left };
  return update(store, sdkAppId, groupId, change, {
    expression: 'writer = :me',
    values: { ':me': writer },
  });
}

/** The status, and the counts if snapshots were written all the same. */
export type StampState = Pick<Community, 'status'> &
  Partial<Omit<Written, 'digest' | 'lastErrorCode'>> & {
    /** A person knows of it. */
    readonly isIgnored?: boolean;
  };

/**
 * Stamps a community that could not be synced, or not wholly; its digest stays as it is. Refused when a newer
 * answer is in, or when the run's block is not the one that was read. An unsupported community is no failure as long as
 * nothing is mirrored of it: the caller decides by `run`.
 * @param seenAt `run.askedAt` of the stamp that was read; undefined when it had no block
 * @param lease given back with it; needed when the counts are to be stamped, and refused when it was lost
 */
export function stampFailed(
  store: Store,
  sdkAppId: number,
  groupId: string,
  failure: Failure,
  run: CommunityRun,
  { isIgnored = false, ...state }: StampState,
  seenAt: string | undefined,
  lease?: WriterLease,
): Promise<boolean> {
  const attention = attentionOf(sdkAppId, isIgnored ? 'community-ignored' : failingAs(state.status));
  const { code: lastErrorCode, message } = failure;
  const lastError = shortened(message);
  const set = setAll({ groupId, itemType: 'community', ...state, run, lastErrorCode, lastError, attention });
  const since = ['failingSince', 'attentionSince'].map(
    (name) => `${name} = if_not_exists(${name}, :askedAt)`,
  );
  const remove = [
    'lastErrorRunId',
    ...(lastErrorCode === undefined ? ['lastErrorCode'] : []),
    ...(lease ? ['writer', 'writingUntil'] : []),
  ];
  const change = {
    ...set,
    expression: `${set.expression}, ${since.join(', ')} REMOVE ${remove.join(', ')}`,
  };
  const asRead = withRunAt(seenAt);
  const isNewest = '(attribute_not_exists(lastSyncedAt) OR lastSyncedAt < :askedAt)';
  return update(store, sdkAppId, groupId, change, {
    expression: `${isNewest} AND ${asRead.expression}${lease ? ' AND writer = :me' : ''}`,
    names: asRead.names,
    values: { ...asRead.values, ':askedAt': run.askedAt, ...(lease && { ':me': lease.writer }) },
  });
}
