import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { toCommunity } from './communities.ts';
import type { Community } from './community.ts';
import { communityKey } from './keys.ts';
import type { Item, Store } from './store.ts';
import { meterRead, type UnitMeter } from './units.ts';

/** What was read of one community: its stamp, if there is one. */
export interface ReadTogether {
  readonly stamp: Community | undefined;
  /** Adds what the reading of this one consumed. */
  charge(meter: UnitMeter): void;
}

/**
 * Reads the stamps of up to 100 communities by one request, eventually consistent; each costs what it costs by itself.
 * @param groupIds distinct
 * @returns what was read of each; a community that the table did not come to is left out
 */
export async function readCommunities(
  { client, table }: Store,
  sdkAppId: number,
  groupIds: readonly string[],
): Promise<Map<string, ReadTogether>> {
  const keys = new Map(groupIds.map((groupId) => [groupId, communityKey(sdkAppId, groupId)]));
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
      return [groupId, { stamp: item && toCommunity(unmarshall(item) as Item), charge }];
    }),
  );
}
