import pLimit from 'p-limit';
import type { Community } from '../../shared/catalog/community.ts';
import type { Plan } from '../../shared/sync/plan.ts';
import { type Change, changeOf, type Snapshot } from '../../shared/sync/snapshot.ts';
import type { HeldLease } from './holdLease.ts';
import { CommunityBusyError, type SyncParts } from './outcome.ts';
import type { Writing } from './underLease.ts';

/** Snapshots being written at once, for one community. */
const WRITES_AT_ONCE = 16;

/**
 * Reads a community's snapshots under the lease, and completes what a writer before has left half done, or an earlier
 * release without the attributes of an index.
 */
export async function readStored(
  { catalog }: Pick<SyncParts, 'catalog'>,
  groupId: string,
  { stamp, held }: Pick<Writing, 'stamp' | 'held'>,
): Promise<Snapshot[]> {
  // Whoever writes a community's first topic has stamped it before.
  if (stamp.isNew) return [];
  const stored = await catalog.refiledTopicsOf(groupId, held.keep);
  // Write the entries again that a writer may have left out who died between a snapshot and its history.
  await catalog.putChanges(openChanges(stored, stamp));
  return stored;
}

/** No consumer is older: Lambda's longest invocation (docs.aws.amazon.com, Lambda: quotas). */
const WRITER_LIFETIME_MS = 15 * 60_000;

/** Newest changes that may lack their entries. Those of the answer that was stamped have theirs: the stamp comes last. */
function openChanges(stored: readonly Snapshot[], stamp: Community): Change[] {
  const since = openSince(stamp);
  if (since === undefined) return [];
  return stored
    .filter(({ lastChangedAt }) => lastChangedAt > since && lastChangedAt !== stamp.lastSyncedAt)
    .map(changeOf);
}

/**
 * Since when changes may lack their entries, ISO 8601 UTC; undefined when none does. A dead writer of tombstones left
 * candidates, and its changes are younger than the stamp. One of an answer took the digest away; one that stood still
 * for longer than its lease wrote what it had seen before the stamp's answer.
 */
function openSince({ digest, deletions, lastSyncedAt = '' }: Community): string | undefined {
  if (digest !== undefined) return (deletions?.confirmed ?? 0) > 0 ? lastSyncedAt : undefined;
  if (lastSyncedAt === '') return '';
  return new Date(Date.parse(lastSyncedAt) - WRITER_LIFETIME_MS).toISOString();
}

/**
 * Writes a plan under the lease: current snapshots first, then their history.
 * @throws {CommunityBusyError} when the lease is lost or another writer has been at a snapshot
 */
export async function writePlan(
  { catalog }: Pick<SyncParts, 'catalog'>,
  groupId: string,
  { snapshots, stored, changes }: Pick<Plan, 'snapshots' | 'stored' | 'changes'>,
  lease: HeldLease,
): Promise<void> {
  await putAll(snapshots, async (snapshot) => {
    await lease.keep();
    if (await catalog.putSnapshot(snapshot, stored.get(snapshot.topicId) ?? null)) return;
    throw new CommunityBusyError(`${groupId}: another writer has been at ${snapshot.topicId}`);
  });
  await catalog.putChanges(changes);
}

/**
 * Writes snapshots, some at a time. After a failure it begins no other write, and it ends only when none is under
 * way: the lease must not be given back before that.
 * @throws the first failure
 */
async function putAll(
  snapshots: readonly Snapshot[],
  put: (snapshot: Snapshot) => Promise<void>,
): Promise<void> {
  const limit = pLimit(WRITES_AT_ONCE);
  const failures: unknown[] = [];
  const attempt = async (snapshot: Snapshot) => {
    if (failures.length > 0) return;
    await put(snapshot).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(snapshots.map((snapshot) => limit(attempt, snapshot)));
  if (failures.length > 0) throw failures[0];
}
