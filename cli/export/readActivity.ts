import { activityInShard } from '../../shared/catalog/activity.ts';
import { SHARDS, shardOf } from '../../shared/catalog/keys.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { readAhead } from '../../shared/readAhead.ts';
import type { ActivityEntry } from '../../shared/sync/roster.ts';
import { begun } from './begun.ts';
import type { Wanted } from './readCommunity.ts';
import { type Row, rowOf } from './rows.ts';

/** The entry behind which to go on. */
export interface ActivityPosition {
  readonly runId: string;
  readonly groupId: string;
}

/** The messages that one run saw come to one community. */
export interface ActivityRows {
  readonly position: ActivityPosition;
  readonly rows: readonly Row[];
}

/** Shards whose first page is read ahead: a page of each, 1 MB, in memory. */
const READ_AHEAD = 8;

/** Yields what each run up to the exported one has seen come, newest run first, behind a position. */
export async function* activityAfter(
  wanted: Wanted,
  after: ActivityPosition | undefined,
): AsyncGenerator<ActivityRows> {
  const { store, sdkAppId } = wanted;
  const open = async ({ runId, shard, from }: ShardOfRun) => {
    const entries = await begun(activityInShard(store, sdkAppId, runId, shard, { from }));
    return { entries, from };
  };
  for await (const { entries, from } of readAhead(shardsAfter(wanted, after), open, READ_AHEAD))
    for await (const entry of entries) if (entry.groupId !== from) yield rowsOf(entry);
}

function rowsOf({ runId, groupId, topics }: ActivityEntry): ActivityRows {
  const rows = topics.map((topic) => rowOf('activity', { runId, groupId, ...topic }));
  return { position: { runId, groupId }, rows };
}

interface ShardOfRun {
  readonly runId: string;
  readonly shard: number;
  readonly from?: string | undefined;
}

async function* shardsAfter(
  { store, sdkAppId, runId: exported }: Wanted,
  after: ActivityPosition | undefined,
): AsyncGenerator<ShardOfRun> {
  for await (const { runId } of runsOf(store, sdkAppId, { until: after?.runId ?? exported })) {
    const from = runId === after?.runId ? after.groupId : undefined;
    const first = from === undefined ? 0 : shardOf(from);
    for (let shard = first; shard < SHARDS; shard++)
      yield { runId, shard, from: shard === first ? from : undefined };
  }
}
