import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Roster } from '../sync/roster.ts';
import { toCommunity } from './communities.ts';
import type { Community } from './community.ts';
import { communityKey, type Key, rosterKey } from './keys.ts';
import { toRoster } from './rosters.ts';
import type { Item, Store } from './store.ts';
import { meterRead, type UnitMeter } from './units.ts';

/** What was read of one community, if there is anything. */
export interface ReadTogether<T> {
  readonly record: T | undefined;
  /** Adds what the reading of this one consumed. */
  charge(meter: UnitMeter): void;
}

/**
 * Reads the stamps of up to 100 communities by one request, eventually consistent; each costs what it costs by itself.
 * @param groupIds distinct
 * @returns what was read of each; a community that the table did not come to is left out
 */
export function readCommunities(
  store: Store,
  sdkAppId: number,
  groupIds: readonly string[],
): Promise<Map<string, ReadTogether<Community>>> {
  return readTogether(store, groupIds, (groupId) => communityKey(sdkAppId, groupId), toCommunity);
}

/** Reads the rosters of up to 100 communities in the same way. */
export function readRosters(
  store: Store,
  sdkAppId: number,
  groupIds: readonly string[],
): Promise<Map<string, ReadTogether<Roster>>> {
  return readTogether(store, groupIds, (groupId) => rosterKey(sdkAppId, groupId), toRoster);
}

/** @param keyOf keys of which no two have the same sort key */
async function readTogether<T>(
  { client, table }: Store,
  groupIds: readonly string[],
  keyOf: (groupId: string) => Key,
  toRecord: (item: Item) => T,
): Promise<Map<string, ReadTogether<T>>> {
  const keys = new Map(groupIds.map((groupId) => [groupId, keyOf(groupId)]));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      RequestItems: { [table]: { Keys: [...keys.values()].map((key) => marshall(key)) } },
    }),
  );
  const items = new Map((Responses?.[table] ?? []).map((item) => [item['sk']?.S, item]));
  const left = new Set((UnprocessedKeys?.[table]?.Keys ?? []).map(({ sk }) => sk?.S));
  const read = [...keys].filter(([, { sk }]) => !left.has(sk));
  return new Map(
    read.map(([groupId, { sk }]) => {
      const item = items.get(sk);
      const charge = (meter: UnitMeter) => meterRead(meter, undefined, item ? [item] : [], false);
      return [groupId, { record: item && toRecord(unmarshall(item) as Item), charge }];
    }),
  );
}
