import type { Catalog } from '../shared/catalog/index.ts';
import { SHARDS } from '../shared/catalog/keys.ts';
import type { Run } from '../shared/catalog/run.ts';

/**
 * Yields the listed communities of a run that have no outcome in it yet, a shard at a time. The embedded queue is
 * lost with its process; these are what it still held.
 */
export async function* openCommunities(
  catalog: Pick<Catalog, 'listedIn' | 'communitiesIn'>,
  { runId, startedAt }: Pick<Run, 'runId' | 'startedAt'>,
): AsyncGenerator<readonly string[]> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const open = await catalog.listedIn(runId, shard);
    for await (const { groupId, run, lastSyncedAt = '' } of catalog.communitiesIn(shard, {
      consistent: true,
    })) {
      if ((run?.id === runId && run.outcome !== 'failed') || lastSyncedAt > startedAt) open.delete(groupId);
    }
    if (open.size > 0) yield [...open];
  }
}
