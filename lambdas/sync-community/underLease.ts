import type { BegunStamp, WriterLease } from '../../shared/catalog/writerLease.ts';
import { type HeldLease, holdLease, LEASE_MS } from './holdLease.ts';
import { CommunityBusyError, type CommunityResult, type SyncParts } from './outcome.ts';

/** What a writer works with while it has the lease. */
export interface Writing {
  /** The stamp as it was when the lease was taken. */
  readonly stamp: BegunStamp;
  readonly lease: WriterLease;
  readonly held: HeldLease;
}

/**
 * Does the work under the writer's lease of a community; should the work fail, the lease is given back. If it was lost, a
 * write may have come after its end, and what another writer has stamped may not be what is stored.
 * @param answer when the answer to be written was asked for, ISO 8601 UTC, and whether it shows that the community
 *   exists; undefined: the work asks for no answer
 * @returns undefined when the lease was refused and the stamp may be another by now
 */
export async function underLease(
  parts: SyncParts,
  groupId: string,
  answer: { readonly askedAt: string; readonly isThere: boolean } | undefined,
  work: (writing: Writing) => Promise<CommunityResult>,
): Promise<CommunityResult | undefined> {
  const { catalog, writer, now } = parts;
  const takenAt = now();
  const lease = { writer, until: new Date(takenAt + LEASE_MS).toISOString() };
  const stamp = await catalog.beginWriting(groupId, {
    ...lease,
    now: new Date(takenAt).toISOString(),
    ...answer,
  });
  if (!stamp) return overtaken(parts, groupId, answer?.askedAt);
  try {
    return await work({ stamp, lease, held: holdLease(parts, groupId, takenAt) });
  } catch (error) {
    // What went wrong first is what the message's next delivery should be known by.
    const isStillOurs = await catalog.endWriting(groupId, lease).catch(() => true);
    if (!isStillOurs) await catalog.distrust(groupId).catch(() => false);
    throw error;
  }
}

/** How soon to look again whether another writer has finished: most take a fraction of a second. */
const LOOK_AGAIN_MS = 500;

/**
 * The lease was refused: by a newer answer, which is as good as ours, or by a writer at work, whose end is waited
 * for. A killed writer's end is that of its lease.
 */
async function overtaken(
  parts: SyncParts,
  groupId: string,
  askedAt: string | undefined,
): Promise<CommunityResult | undefined> {
  for (;;) {
    const stamp = await parts.catalog.readCommunity(groupId, { consistent: true });
    const { lastSyncedAt } = stamp ?? {};
    if (askedAt !== undefined && lastSyncedAt !== undefined && lastSyncedAt >= askedAt)
      return { outcome: 'superseded' };
    const leaseEnds = stamp?.writer === undefined ? 0 : Date.parse(stamp.writingUntil ?? '');
    if (!(leaseEnds >= parts.now())) return undefined;
    if (parts.now() + LOOK_AGAIN_MS > parts.deadline) {
      throw new CommunityBusyError(
        `${groupId} is being written by another consumer until ${stamp?.writingUntil}`,
      );
    }
    await parts.sleep(LOOK_AGAIN_MS);
  }
}
