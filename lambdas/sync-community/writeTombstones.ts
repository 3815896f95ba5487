import type { Community, CommunityDeletions } from '../../shared/catalog/community.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import type { TopicCounts } from '../../shared/sync/plan.ts';
import { planTombstones } from '../../shared/sync/tombstone.ts';
import { CommunityBusyError, type CommunityResult, runOf, type SyncParts } from './outcome.ts';
import { underLease, type Writing } from './underLease.ts';
import { readStored, writePlan } from './writePlan.ts';

/** How often a lease that another writer had is asked for. */
const ATTEMPTS = 3;

/**
 * Carries out the deletions that a run has confirmed in a community and that are allowed. The API is not called:
 * what is stored decides, so that what a newer answer has shown or confirmed is left alone. Safe to repeat at any
 * point.
 * @throws {CommunityBusyError}, or the store's error: the message must come back
 */
export async function writeTombstones(parts: SyncParts, message: CommunityMessage): Promise<CommunityResult> {
  const { groupId } = message;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const result = await underLease(parts, groupId, undefined, (writing) => write(parts, message, writing));
    if (result) return result;
  }
  throw new CommunityBusyError(`${groupId} is being written by other consumers`);
}

async function write(
  parts: SyncParts,
  message: CommunityMessage,
  writing: Writing,
): Promise<CommunityResult> {
  const { stamp, lease, held } = writing;
  const { groupId, runId, judgedAt = '' } = message;
  const { lastSyncedAt = '' } = stamp;
  const { stored } = await readStored(parts, groupId, writing);
  const plan = planTombstones(stored, { runId, judgedAt, lastSyncedAt });
  await writePlan(parts, groupId, plan, held);
  const written = writtenIn(parts, message, stamp, plan.counts);
  const accepted = await parts.catalog.stampTombstones(groupId, lease, written);
  if (!accepted) throw new CommunityBusyError(`${groupId}: the writer's lease was lost`);
  return { outcome: 'tombstoned', counts: plan.counts };
}

/** What the stamp is to say. Its digest stays as it is: tombstones are in no answer. */
function writtenIn(parts: SyncParts, message: CommunityMessage, stamp: Community, counts: TopicCounts) {
  const { run } = stamp;
  const deletions = carriedOut(message, stamp, counts);
  // The calls and the outcome of another run are that run's.
  const isOwn = run?.id === message.runId;
  return {
    topicCount: counts.active,
    missingCount: counts.missing,
    ...(isOwn && { run: runOf(parts, message, stamp, run.outcome, Date.parse(run.askedAt)) }),
    deletions,
    deletedAt: deletions?.goneAt,
    clearsError: stamp.lastErrorRunId === message.runId && (!isOwn || run.outcome !== 'failed'),
  };
}

/** @returns undefined when another run has confirmed deletions since: they are that run's */
function carriedOut(
  { runId, judgedAt = '' }: CommunityMessage,
  { deletions }: Community,
  { active, deleted }: TopicCounts,
): CommunityDeletions | undefined {
  if (deletions?.runId !== runId) return undefined;
  const { goneAt } = deletions;
  // An active topic is of an answer whose writer died before it could stamp the community.
  const isGone = goneAt !== undefined && goneAt <= judgedAt && active === 0;
  // None is left of what was judged; what was confirmed later is asked for again by the next night.
  return { runId, confirmed: 0, deleted, ...(isGone && { goneAt }) };
}
