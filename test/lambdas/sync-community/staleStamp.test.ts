import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Intercept, TopicInfo as Topic } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let groupId: string;
let answer: Intercept = () => undefined;

beforeAll(async () => {
  world = await createWorld({ communities: 1, quirks: false, intercept: (call) => answer(call) });
  [groupId] = world.simulator.app().communityIds() as [string];
});

beforeEach(() => {
  answer = () => undefined;
  parts = world.fresh();
});

afterAll(() => world.close());

const stamp = async (of: Parts = parts) =>
  (await meteredCatalog(of).catalog.readCommunity(groupId, { consistent: true })) ?? {};

/** The same parts, whose eventually consistent reads answer for ever what the first of an item did. */
function behind({ store, ...rest }: Parts): Parts {
  const first = new Map<string, unknown>();
  const send = async (command: GetItemCommand) => {
    const { Key, ConsistentRead } = command.input;
    const key = JSON.stringify(Key);
    if (Key === undefined || ConsistentRead !== false) return store.client.send(command);
    if (!first.has(key)) first.set(key, await store.client.send(command));
    return first.get(key);
  };
  return { ...rest, store: { ...store, client: { send } as unknown as DynamoDBClient } };
}

function editTopic(): void {
  const app = world.simulator.app();
  const [{ TopicId }] = app.topics(groupId) as [Topic];
  app.editTopic(groupId, TopicId, { TopicName: `named at ${performance.now()}` });
}

describe('a second delivery that reads the stamp as it was before the first', () => {
  it('keeps what the first counted when it fails', async () => {
    await sync(parts, [groupId], RUN);
    editTopic();
    const late = behind(parts);
    await sync(late, [groupId], NEXT_RUN);
    expect(await stamp()).toMatchObject({ run: { updated: 1, calls: 1 } });

    answer = () => ({ body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode: 11000, ErrorInfo: 'off' }) });
    await sync(late, [groupId], NEXT_RUN);
    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, outcome: 'failed', updated: 1, calls: 2 } });
  });

  it('keeps the first’s calls when the community has not changed', async () => {
    await sync(parts, [groupId], RUN);
    const late = behind(parts);
    await sync(late, [groupId], NEXT_RUN);
    await sync(late, [groupId], NEXT_RUN);
    // The second asks anew once it finds the stamp to be another.
    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, outcome: 'unchanged', calls: 3 } });
  });
});
