import { readCommunity } from '../../shared/catalog/communities.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { type ReadTogether, readCommunities } from '../../shared/catalog/readCommunities.ts';
import { metered, type Store } from '../../shared/catalog/store.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';

/** A first look at a community's stamp, eventually consistent; what it consumes is added to the meter. */
export type StampLook = (groupId: string, meter: UnitMeter) => Promise<Community | undefined>;

/**
 * Looks at the stamps of a batch of communities by one request, as soon as the first of them is asked for. What that
 * does not bring, one after the other is read by itself, so that each has its own answer or its own error.
 */
export function createStampLook(store: Store, sdkAppId: number, groupIds: readonly string[]): StampLook {
  const distinct = [...new Set(groupIds)];
  let reading: Promise<ReadonlyMap<string, ReadTogether>> | undefined;
  const together = () => {
    reading ??= readCommunities(store, sdkAppId, distinct).catch(() => new Map());
    return reading;
  };
  return async (groupId, meter) => {
    const read = distinct.length > 1 ? (await together()).get(groupId) : undefined;
    if (!read) return readCommunity(metered(store, meter), sdkAppId, groupId, { consistent: false });
    read.charge(meter);
    return read.stamp;
  };
}
