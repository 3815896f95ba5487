import type { CommunityOutcome, Failure } from '../../shared/catalog/community.ts';
import type { StampState } from '../../shared/catalog/stamps.ts';
import type { WriterLease } from '../../shared/catalog/writerLease.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import type { TopicCounts } from '../../shared/sync/plan.ts';
import type { MessageCounts } from '../../shared/sync/roster.ts';
import { CommunityBusyError, runOf, type SyncParts } from './outcome.ts';

/** A failure as it is to be stamped. */
export interface Failed {
  readonly failure: Failure;
  readonly outcome: CommunityOutcome;
  /** When the request was sent, epoch milliseconds. */
  readonly askedAt: number;
  /** Default: the status that the stamp has. */
  readonly state?: Partial<StampState>;
  readonly counts?: TopicCounts & MessageCounts;
  /** Held by a writer that has written what the answer does show; given back with the stamp. */
  readonly lease?: WriterLease;
}

/** How often a stamp that another delivery changes meanwhile is read anew. */
const ATTEMPTS = 5;

/**
 * Stamps a community that could not be synced, or not wholly, on what other deliveries have counted. A newer answer
 * that is in makes the failure void.
 * @throws {CommunityBusyError} when the lease was lost, or others change the stamp again and again: the message must
 *   come back
 */
export async function stampFailure(
  parts: SyncParts,
  message: CommunityMessage,
  { failure, outcome, askedAt, state = {}, counts, lease }: Failed,
): Promise<void> {
  const { groupId, runId } = message;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stamp = await parts.catalog.readCommunity(groupId, { consistent: true });
    const run = runOf(parts, message, stamp, outcome, askedAt, counts);
    const { lastSyncedAt = '', run: seen } = stamp ?? {};
    // The answer to the last attempt was lost: it is there.
    if (attempt > 1 && seen?.id === runId && seen.askedAt === run.askedAt) return;
    // Also where a newer answer is in: what was written late beside it is looked at when the message comes again.
    if (lease && stamp?.writer !== lease.writer)
      throw new CommunityBusyError(`${groupId}: the writer's lease was lost`);
    if (lastSyncedAt >= run.askedAt) return;
    const isIgnored = stamp?.ignoredAt !== undefined;
    const known = { status: stamp?.status ?? 'active', isIgnored, ...state } as const;
    if (await parts.catalog.stampFailed(groupId, failure, run, known, seen?.askedAt, lease)) return;
  }
  throw new CommunityBusyError(`${groupId} is being stamped by other consumers`);
}
