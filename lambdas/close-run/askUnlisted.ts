import { SHARDS } from '../../shared/catalog/keys.ts';
import type { Run } from '../../shared/catalog/run.ts';
import type { Tally } from '../../shared/sync/tally.ts';
import { listDoubt } from '../../shared/sync/verdict.ts';
import type { CloseParts } from './closeRun.ts';

/** Unlisted communities that are queued at a time. */
const UNLISTED_BATCH = 1000;

/**
 * Asks for mirrored communities that the list did not name, once a run, and only when the list was provably
 * complete and lacks no more than the guard allows: not being listed is no proof that a community is gone.
 * @returns whether any were asked for
 */
export async function askUnlisted(
  {
    catalog,
    enqueueUnlisted,
    limits,
    now,
  }: Pick<CloseParts, 'catalog' | 'enqueueUnlisted' | 'limits' | 'now'>,
  run: Run,
  tally: Pick<Tally, 'unasked' | 'listed' | 'unlisted'>,
): Promise<boolean> {
  if (tally.unasked === 0 || run.haltedBy || run.approvedAt !== undefined) return false;
  if (run.unlistedAskedAt !== undefined) return false;
  if (listDoubt(run, tally, limits) !== undefined) return false;
  for (let shard = 0; shard < SHARDS; shard++) {
    const listed = await catalog.listedIn(run.runId, shard);
    let batch: string[] = [];
    for await (const { groupId, status } of catalog.communitiesIn(shard, { consistent: true })) {
      if (listed.has(groupId) || status === 'deleted') continue;
      batch.push(groupId);
      if (batch.length < UNLISTED_BATCH) continue;
      await enqueueUnlisted(run.runId, batch);
      batch = [];
    }
    await enqueueUnlisted(run.runId, batch);
  }
  // After the queueing, not before: a crash in between asks twice, which is harmless.
  await catalog.markUnlistedAsked(run.runId, new Date(now()).toISOString());
  return true;
}
