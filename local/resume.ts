import { type Community, hasCandidates } from '../shared/catalog/community.ts';
import type { Catalog } from '../shared/catalog/index.ts';
import { SHARDS } from '../shared/catalog/keys.ts';
import type { Run } from '../shared/catalog/run.ts';
import type { CommunityMessage } from '../shared/messages.ts';

/** Communities that are to be queued, and why. */
export interface OpenCommunities extends Pick<CommunityMessage, 'reason' | 'judgedAt'> {
  readonly groupIds: readonly string[];
}

/**
 * Yields the communities that a run still waits for, a shard at a time: listed or asked for without an outcome, or
 * with deletions that are to be carried out. The embedded queue is lost with its process; these are what it still held.
 */
export async function* openCommunities(
  catalog: Pick<Catalog, 'listedIn' | 'communitiesIn'>,
  run: Run,
): AsyncGenerator<OpenCommunities> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const listed = await catalog.listedIn(run.runId, shard);
    const unlisted: string[] = [];
    const confirmed: string[] = [];
    for await (const stamp of catalog.communitiesIn(shard, { consistent: true })) {
      const { groupId, status } = stamp;
      if (hasCandidates(stamp, run.runId)) confirmed.push(groupId);
      if (listed.has(groupId)) {
        if (hasOutcome(stamp, run) || stamp.ignoredAt !== undefined) listed.delete(groupId);
      } else if (status !== 'deleted' && !hasOutcome(stamp, run)) unlisted.push(groupId);
    }
    yield* queuedBy(run, { listed: [...listed], unlisted, confirmed });
  }
}

/** What the run has queued before: nothing of a kind that it has not come to yet. */
function* queuedBy(
  { approvedAt, unlistedAskedAt, tombstonesAskedAt, verdict }: Run,
  open: Record<CommunityMessage['reason'], readonly string[]>,
): Generator<OpenCommunities> {
  if (tombstonesAskedAt !== undefined && verdict && open.confirmed.length > 0)
    yield { reason: 'confirmed', judgedAt: verdict.judgedAt, groupIds: open.confirmed };
  // A released run asks for nothing any more.
  if (approvedAt !== undefined) return;
  if (open.listed.length > 0) yield { reason: 'listed', groupIds: open.listed };
  if (unlistedAskedAt !== undefined && open.unlisted.length > 0)
    yield { reason: 'unlisted', groupIds: open.unlisted };
}

function hasOutcome({ run, lastSyncedAt = '' }: Community, { runId, startedAt }: Run): boolean {
  return (run?.id === runId && run.outcome !== 'failed') || lastSyncedAt > startedAt;
}
