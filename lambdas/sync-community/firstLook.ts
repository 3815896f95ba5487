import { readCommunity } from '../../shared/catalog/communities.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { type ReadTogether, readCommunities, readRosters } from '../../shared/catalog/readTogether.ts';
import { readRoster } from '../../shared/catalog/rosters.ts';
import { metered, type Store } from '../../shared/catalog/store.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import type { Roster } from '../../shared/sync/roster.ts';

/** A first look at what is stored of a community, eventually consistent; what it consumes is added to the meter. */
export interface FirstLook {
  stampOf(groupId: string, meter: UnitMeter): Promise<Community | undefined>;
  rosterOf(groupId: string, meter: UnitMeter): Promise<Roster | undefined>;
}

/**
 * Looks at the stamps of a batch of communities by one request, as soon as the first of them is asked for, and by one more
 * at the rosters that are likely to be needed: of communities to which the last run saw messages come. A roster that is
 * not needed after all costs half a read unit. What that does not bring is read by itself, so that each community has its
 * own answer or its own error.
 */
export function createFirstLook(store: Store, sdkAppId: number, groupIds: readonly string[]): FirstLook {
  const distinct = [...new Set(groupIds)];
  const stamps = once(() => together(distinct, (ids) => readCommunities(store, sdkAppId, ids)));
  const rosters = once(async () => {
    const talking = [...(await stamps())].filter(([, { record }]) => (record?.run?.newMessages ?? 0) > 0);
    return together(
      talking.map(([groupId]) => groupId),
      (ids) => readRosters(store, sdkAppId, ids),
    );
  });
  return {
    stampOf: async (groupId, meter) => {
      const read = (await stamps()).get(groupId);
      if (!read) return readCommunity(metered(store, meter), sdkAppId, groupId, { consistent: false });
      read.charge(meter);
      (await rosters()).get(groupId)?.charge(meter);
      return read.record;
    },
    rosterOf: async (groupId, meter) => {
      const read = (await rosters()).get(groupId);
      return read ? read.record : readRoster(metered(store, meter), sdkAppId, groupId, { consistent: false });
    },
  };
}

/** Reads several at once, none where there is but one: that is as well read by itself. A failure reads none. */
function together<T>(
  groupIds: readonly string[],
  read: (groupIds: readonly string[]) => Promise<Map<string, ReadTogether<T>>>,
): Promise<ReadonlyMap<string, ReadTogether<T>>> {
  return groupIds.length > 1 ? read(groupIds).catch(() => new Map()) : Promise.resolve(new Map());
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    return begun;
  };
}
