import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { readCommunity } from '../../../shared/catalog/communities.ts';
import type { Item } from '../../../shared/catalog/store.ts';
import { createWorld, type World } from '../../support/world.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let groupId: string;

beforeAll(async () => {
  world = await createWorld({ communities: 0 });
  parts = world.parts;
  ({ groupId } = world.simulator.app().createCommunity({ topics: 30 }));
  await sync(parts, [groupId], RUN);
});

afterAll(() => world.close());

/** Makes every item as it was before there were indexes by month, and stamps without a layout. */
async function age(): Promise<void> {
  const { client, table: TableName } = parts.store;
  for (const item of await world.items()) {
    const { createdIn, createdAt, lastActiveIn, lastActiveAt, mutedIn, ...old } = item;
    const digest = old['digest'] === undefined ? {} : { digest: String(old['digest']).replace(/^\d+:/, '') };
    await client.send(new PutItemCommand({ TableName, Item: marshall({ ...old, ...digest }) }));
  }
}

const isHistory = ({ itemType }: Item) => itemType === 'change';

async function look() {
  const { store, app } = parts;
  const items = await world.items();
  const topics = items.filter(({ itemType }) => itemType === 'topic');
  const stamp = await readCommunity(store, app.sdkAppId, groupId, { consistent: true });
  const filed = topics.filter(
    ({ createdIn, lastActiveIn }) => createdIn !== undefined && lastActiveIn !== undefined,
  );
  return { history: items.filter(isHistory), topics, stamp, filed: filed.length };
}

it('a community that an earlier release has mirrored is filed by its next night, and nothing is told as a change', async () => {
  const before = await look();
  await age();
  const aged = await look();
  expect([before.filed, aged.filed]).toEqual([30, 0]);
  expect(aged.stamp).not.toHaveProperty('digest');

  await sync(parts, [groupId], NEXT_RUN);

  const filed = await look();
  expect(filed.filed).toBe(30);
  expect(filed.history).toEqual(before.history);
  expect(filed.topics).toEqual(before.topics);
  expect(filed.stamp).toMatchObject({ digest: before.stamp?.digest, run: { outcome: 'synced', updated: 0 } });

  await sync(parts, [groupId], '2026-11-24T02:00:00.000Z');
  expect((await look()).stamp).toMatchObject({ run: { outcome: 'unchanged' } });
});
