import pLimit from 'p-limit';
import { BATCH_SIZE } from '../../shared/catalog/batch.ts';
import type { Community } from '../../shared/catalog/community.ts';
import type { Plan } from '../../shared/sync/plan.ts';
import { type Roster, withActivityOf } from '../../shared/sync/roster.ts';
import { type Change, changeOf, hasEntry, type Snapshot } from '../../shared/sync/snapshot.ts';
import type { HeldLease } from './holdLease.ts';
import { CommunityBusyError, type SyncParts } from './outcome.ts';
import type { Writing } from './underLease.ts';

/** Requests under way at once, for one community: of snapshots that are new, a batch of them each, and of changed ones. */
const BATCHES_AT_ONCE = 2;
const WRITES_AT_ONCE = 16;

/** What is stored of a community's topics. */
export interface Stored {
  /** With their activity. */
  readonly stored: readonly Snapshot[];
  readonly roster: Roster | undefined;
}

/** Reads a community's snapshots and roster under the lease, and completes what a writer before has left half done. */
export async function readStored(
  { catalog }: Pick<SyncParts, 'catalog'>,
  groupId: string,
  { stamp, held }: Pick<Writing, 'stamp' | 'held'>,
): Promise<Stored> {
  // Whoever writes a community's first topic, or its roster, has stamped it before.
  if (stamp.isNew) return { stored: [], roster: undefined };
  const [topics, roster] = await Promise.all([
    Array.fromAsync(catalog.profilesOf(groupId, { consistent: true })),
    catalog.readRoster(groupId, { consistent: true }),
  ]);
  const stored = topics.map((topic) => withActivityOf(roster, topic));
  // Write the entries again that a writer may have left out who died between a snapshot and its history.
  await catalog.putChanges(openChanges(stored, stamp), held.keep);
  return { stored, roster };
}

/** No consumer is older: Lambda's longest invocation (docs.aws.amazon.com, Lambda: quotas). */
const WRITER_LIFETIME_MS = 15 * 60_000;

/** Newest changes that may lack their entries. Those of the answer that was stamped have theirs: the stamp comes last. */
function openChanges(stored: readonly Snapshot[], stamp: Community): Change[] {
  const since = openSince(stamp);
  if (since === undefined) return [];
  return stored
    .filter(({ lastChangedAt }) => lastChangedAt > since && lastChangedAt !== stamp.lastSyncedAt)
    .filter(hasEntry)
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
 * Writes a plan under the lease: current snapshots first, then their history. The lease is looked at before each request,
 * and before each time that a throttled one is sent again.
 * @throws {CommunityBusyError} when the lease is lost or another writer has been at a snapshot
 */
export async function writePlan(
  { catalog }: Pick<SyncParts, 'catalog'>,
  groupId: string,
  { snapshots, stored, changes }: Pick<Plan, 'snapshots' | 'stored' | 'changes'>,
  lease: HeldLease,
): Promise<void> {
  const overtaken = (topicIds: readonly string[]) =>
    new CommunityBusyError(`${groupId}: another writer has been at ${topicIds.join(', ')}`);
  const [changed, created] = parted(snapshots, ({ topicId }) => stored.has(topicId));
  await forAll(batchesOf(created), BATCHES_AT_ONCE, async (batch) => {
    const refused = await catalog.createSnapshots(batch, lease.keep);
    if (refused.length > 0) throw overtaken(refused);
  });
  await forAll(changed, WRITES_AT_ONCE, async (snapshot) => {
    const accepted = await catalog.putSnapshot(snapshot, stored.get(snapshot.topicId), lease.keep);
    if (!accepted) throw overtaken([snapshot.topicId]);
  });
  await catalog.putChanges(changes, lease.keep);
}

/** Those of which the test is true, and the others. */
function parted<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

function batchesOf<T>(all: readonly T[]): T[][] {
  const batches = Math.ceil(all.length / BATCH_SIZE);
  return Array.from({ length: batches }, (_, nth) => all.slice(nth * BATCH_SIZE, (nth + 1) * BATCH_SIZE));
}

/**
 * Does the same with each, some at a time. After a failure it begins with no other, and it ends only when
 * none is under way: the lease must not be given back before that.
 * @throws the first failure
 */
async function forAll<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const limit = pLimit(atOnce);
  const failures: unknown[] = [];
  const attempt = async (one: T) => {
    if (failures.length > 0) return;
    try {
      await work(one);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(all.map((one) => limit(attempt, one)));
  if (failures.length > 0) throw failures[0];
}
