import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Catalog } from '../../shared/catalog/index.ts';
import { SHARDS } from '../../shared/catalog/keys.ts';

/** Communities that are read for each that is drawn: of a large app a part of its shards is as good as all of them. */
const READ_PER_DRAWN = 10;

/**
 * Draws communities that are not tombstones: the same seed draws the same of the same catalog. Shards are read in a
 * drawn order, until there is enough to draw from; ids are spread over them by a hash, so none is likelier than another.
 */
export async function sampleCommunities(
  { communitiesIn }: Pick<Catalog, 'communitiesIn'>,
  size: number,
  seed: number,
): Promise<string[]> {
  const random = xoroshiro128plus(seed);
  const draw = (below: number) => uniformInt(random, 0, below - 1);
  const shards = take(
    Array.from({ length: SHARDS }, (_, shard) => shard),
    SHARDS,
    draw,
  );
  const groupIds: string[] = [];
  for (const shard of shards) {
    if (groupIds.length >= size * READ_PER_DRAWN) break;
    for await (const { groupId, status } of communitiesIn(shard))
      if (status !== 'deleted') groupIds.push(groupId);
  }
  return take(groupIds, Math.min(size, groupIds.length), draw);
}

/** Takes some of the values at random (Fisher–Yates), and leaves the others in any order. */
function take<T>(values: T[], count: number, draw: (below: number) => number): T[] {
  for (let index = 0; index < count; index++) {
    const other = index + draw(values.length - index);
    [values[index], values[other]] = [values[other] as T, values[index] as T];
  }
  return values.slice(0, count);
}
