import { readAhead } from '../../readAhead.ts';
import type { Roster, RosterRow } from '../../sync/roster.ts';
import { withActivityOf } from '../../sync/roster.ts';
import type { Snapshot } from '../../sync/snapshot.ts';
import { allRosters } from '../rosters.ts';
import type { Store } from '../store.ts';
import { readProfiles } from '../topics.ts';
import type { Placed } from './answer.ts';
import type { Position } from './cursor.ts';

/** Which topics of an app's rosters are wanted, and in which order. */
export interface RosterWanted {
  /** Text by which the topics are sorted; undefined of a topic that is not wanted. */
  readonly sortKey: (row: RosterRow, groupId: string) => string | undefined;
  /** About how many will be taken; default all. */
  readonly limit?: number | undefined;
  /** Most topics that are kept of one pass over the rosters. */
  readonly pass?: number;
}

/** A topic of a roster that is wanted. */
interface Found {
  readonly at: Position;
  readonly roster: Roster;
}

/**
 * Most topics that are found in one pass over the rosters, and kept: with more, the rosters are read again behind the last
 * of them, so that memory stays the same however many topics there are. A pass over an app of 20 million topics reads
 * 1 GB, 125,000 read units.
 */
const PASS = 100_000;

/** Topics that are read in one batch, and batches that are under way at once. */
const BATCH = 100;
const BATCHES_AHEAD = 4;

/**
 * Yields topics that are no tombstones in the order of the sort key, then of groupId and topicId. One that has become a
 * tombstone since its roster was read is left out.
 * @param after leaves out what stands at this place or before
 */
export async function* topicsInRosters(
  store: Store,
  sdkAppId: number,
  wanted: RosterWanted,
  after: Position | undefined,
): AsyncGenerator<Placed<Snapshot>> {
  const { pass = PASS, limit = pass } = wanted;
  const most = Math.min(pass, Math.max(limit, BATCH));
  for (let behind = after; ; ) {
    const found = await firstBehind(allRosters(store, sdkAppId), wanted, behind, most);
    const batches = inBatches(found, Math.min(BATCH, limit));
    const read = (batch: readonly Found[]) => readFound(store, sdkAppId, batch);
    for await (const topics of readAhead(batches, read, limit < BATCH ? 1 : BATCHES_AHEAD)) yield* topics;
    if (found.length < most) return;
    behind = found.at(-1)?.at;
  }
}

/** The first topics behind a place, in order. */
async function firstBehind(
  rosters: AsyncIterable<Roster>,
  { sortKey }: RosterWanted,
  after: Position | undefined,
  most: number,
): Promise<Found[]> {
  let found: Found[] = [];
  for await (const roster of rosters) {
    for (const [topicId, row] of roster.rows) {
      const key = sortKey(row, roster.groupId);
      if (key === undefined) continue;
      const at = [key, roster.groupId, topicId];
      if (after && compare(at, after) <= 0) continue;
      found.push({ at, roster });
    }
    if (found.length >= 2 * most + BATCH) found = first(found, most);
  }
  return first(found, most);
}

function first(found: Found[], most: number): Found[] {
  return found.sort((a, b) => compare(a.at, b.at)).slice(0, most);
}

function compare(a: Position, b: Position): number {
  const nth = a.findIndex((value, index) => value !== b[index]);
  if (nth < 0) return 0;
  return (a[nth] as string) < (b[nth] as string) ? -1 : 1;
}

async function readFound(
  store: Store,
  sdkAppId: number,
  found: readonly Found[],
): Promise<Placed<Snapshot>[]> {
  const ids = found.map(({ at: [, groupId = '', topicId = ''] }) => ({ groupId, topicId }));
  const topics = await readProfiles(store, sdkAppId, ids);
  return found.flatMap(({ at, roster }, nth) => {
    const topic = topics[nth];
    if (!topic || topic.status === 'deleted') return [];
    return [{ record: withActivityOf(roster, topic), at }];
  });
}

async function* inBatches<T>(all: readonly T[], size: number): AsyncGenerator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
