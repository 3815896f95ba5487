import { allCommunities } from '../../shared/catalog/communities.ts';
import { shardOf } from '../../shared/catalog/keys.ts';
import { listedIn } from '../../shared/catalog/listed.ts';
import { allRosters } from '../../shared/catalog/rosters.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { readAhead } from '../../shared/readAhead.ts';
import { runRecord } from '../records.ts';
import { type WithRoster, withRosters } from '../report/catalog/withRosters.ts';
import { begun } from './begun.ts';
import { laterRunsOnce } from './laterMessages.ts';
import { type CommunityBatch, readCommunity, type Wanted } from './readCommunity.ts';
import { type Row, rowOf } from './rows.ts';

/** Communities whose first page is read ahead: keeps a remote table busy, and a page of each, 1 MB, in memory. */
const READ_AHEAD = 8;

/** A community, and its rows, the first of which are read. */
export interface CommunityRows {
  readonly groupId: string;
  readonly batches: AsyncIterable<CommunityBatch>;
}

/**
 * Yields the communities that stand behind another, in an order that is the same every time. Stamps and rosters are read side
 * by side, and of each community its partition.
 */
export function communitiesAfter(wanted: Wanted, after: string | undefined): AsyncGenerator<CommunityRows> {
  const listed = listedOnce(wanted);
  const laterRuns = laterRunsOnce(wanted);
  const open = async (found: WithRoster): Promise<CommunityRows> => {
    const { groupId } = found.community;
    const wasListed = async () => (await listed(shardOf(groupId))).has(groupId);
    return { groupId, batches: await begun(readCommunity(wanted, found, { wasListed, laterRuns })) };
  };
  return readAhead(foundAfter(wanted, after), open, READ_AHEAD);
}

async function* foundAfter(
  { store, sdkAppId }: Wanted,
  after: string | undefined,
): AsyncGenerator<WithRoster> {
  const stamps = allCommunities(store, sdkAppId, { from: after });
  const rosters = allRosters(store, sdkAppId, { from: after });
  for await (const found of withRosters(stamps, rosters)) if (found.community.groupId !== after) yield found;
}

/** Yields the rows of the runs that had begun by then, as the ledger has them now. */
export async function* runRows({ store, sdkAppId, instant }: Wanted): AsyncGenerator<Row> {
  for await (const run of runsOf(store, sdkAppId)) {
    if (run.startedAt <= instant) yield rowOf('runs', runRecord(run));
  }
}

/** Which communities of a shard the exported run has listed, read when it is first asked for, and kept while it is of use. */
function listedOnce({ store, sdkAppId, runId }: Wanted): (shard: number) => Promise<Set<string>> {
  const kept = new Map<number, Promise<Set<string>>>();
  return (shard) => {
    const listed = kept.get(shard) ?? listedIn(store, sdkAppId, runId, shard);
    // What is read ahead is of the next shard while the last communities of this one are asked about.
    for (const earlier of kept.keys()) if (earlier < shard - 1) kept.delete(earlier);
    kept.set(shard, listed);
    return listed;
  };
}
