import { communitiesIn } from '../../shared/catalog/communities.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { SHARDS } from '../../shared/catalog/keys.ts';
import { listedIn } from '../../shared/catalog/listed.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { readAhead } from '../../shared/readAhead.ts';
import { runRecord } from '../records.ts';
import { type CommunityBatch, readCommunity, type Wanted } from './readCommunity.ts';
import { type Row, rowOf } from './rows.ts';

/** Communities whose first page is read ahead: keeps a remote table busy, and a page of each, 1 MB, in memory. */
const READ_AHEAD = 8;

/** The community after which to go on. */
export interface Position {
  readonly shard: number;
  readonly groupId: string;
}

/** A community, and its rows, the first of which are read. */
export interface CommunityRows {
  readonly position: Position;
  readonly batches: AsyncIterable<CommunityBatch>;
}

/**
 * Yields the communities that stand behind a position, in an order that is the same every time.
 * @param runId the run whose end is exported
 */
export function communitiesAfter(
  wanted: Wanted,
  runId: string,
  after: Position | undefined,
): AsyncGenerator<CommunityRows> {
  const listed = listedOnce(wanted, runId);
  const open = async ({ position, stamp }: Stamped): Promise<CommunityRows> => {
    const wasListed = async () => (await listed(position.shard)).has(stamp.groupId);
    return { position, batches: await begun(readCommunity(wanted, stamp, wasListed)) };
  };
  return readAhead(stampsAfter(wanted, after), open, READ_AHEAD);
}

/** Yields the rows of the runs that had begun by then, as the ledger has them now. */
export async function* runRows({ store, sdkAppId, instant }: Wanted): AsyncGenerator<Row> {
  for await (const run of runsOf(store, sdkAppId)) {
    if (run.startedAt <= instant) yield rowOf('runs', runRecord(run));
  }
}

interface Stamped {
  readonly position: Position;
  readonly stamp: Community;
}

async function* stampsAfter(
  { store, sdkAppId }: Wanted,
  after: Position | undefined,
): AsyncGenerator<Stamped> {
  for (let shard = after?.shard ?? 0; shard < SHARDS; shard++) {
    const from = shard === after?.shard ? after.groupId : undefined;
    for await (const stamp of communitiesIn(store, sdkAppId, shard, { from }))
      if (stamp.groupId !== from) yield { position: { shard, groupId: stamp.groupId }, stamp };
  }
}

/** Which communities of a shard a run has listed, read when it is first asked for, and kept while it is of use. */
function listedOnce({ store, sdkAppId }: Wanted, runId: string): (shard: number) => Promise<Set<string>> {
  const kept = new Map<number, Promise<Set<string>>>();
  return (shard) => {
    const listed = kept.get(shard) ?? listedIn(store, sdkAppId, runId, shard);
    // What is read ahead is of the next shard while the last communities of this one are asked about.
    for (const earlier of kept.keys()) if (earlier < shard - 1) kept.delete(earlier);
    kept.set(shard, listed);
    return listed;
  };
}

/** Begins a sequence: its first value is on its way before it is asked for. */
async function begun<T>(source: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await source.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* source;
  })();
}
