import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Intercept, TopicInfo as Topic } from '../../../simulator/index.ts';
import { collect } from '../../support/collect.ts';
import { withLostAnswers } from '../../support/lostAnswers.ts';
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

const mirrored = () => collect(meteredCatalog(parts).catalog.topicsOf(groupId, { consistent: true }));

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

/** The same parts; before the update of that number is sent, something happens. */
function beforeUpdate(number: number, { store, ...rest }: Parts, happens: () => Promise<unknown>): Parts {
  let updates = 0;
  const send = async (command: GetItemCommand) => {
    if (command.constructor.name === 'UpdateItemCommand' && ++updates === number) await happens();
    return store.client.send(command);
  };
  return { ...rest, store: { ...store, client: { send } as unknown as DynamoDBClient } };
}

const refuse = () => {
  answer = () => ({ body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode: 11000, ErrorInfo: 'off' }) });
};

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

    refuse();
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

describe('a delivery that fails while another one is writing', () => {
  it('keeps what the other counted, whichever stamps first', async () => {
    await sync(parts, [groupId], RUN);
    editTopic();
    const failureIsRead = Promise.withResolvers<void>();
    // The lease is its first update, the stamp its second.
    const writing = sync(
      beforeUpdate(2, parts, async () => {
        refuse();
        void sync(failing, [groupId], NEXT_RUN).then(failed.resolve);
        await failureIsRead.promise;
      }),
      [groupId],
      NEXT_RUN,
    );
    const failed = Promise.withResolvers<unknown>();
    const failing = beforeUpdate(1, parts, async () => {
      failureIsRead.resolve();
      await writing;
    });
    await failed.promise;
    expect(await stamp()).toMatchObject({
      lastErrorCode: 11000,
      run: { id: NEXT_RUN, outcome: 'failed', updated: 1, calls: 2 },
    });
  });

  it('counts its calls once when the answer to its stamp was lost', async () => {
    await sync(parts, [groupId], RUN);
    refuse();
    await sync({ ...parts, store: withLostAnswers(parts.store) }, [groupId], NEXT_RUN);
    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, outcome: 'failed', calls: 1 } });
  });
});

describe('a delivery whose answer leaves a topic open', () => {
  it('stamps its counts under the lease: an older answer that is written after it has the last word', async () => {
    const [odd, ...others] = world.simulator.app().topics(groupId) as [Topic, ...Topic[]];
    const open = { ErrorCode: 4711, ErrorInfo: 'nobody knows', TopicInfo: { TopicId: odd.TopicId } };
    const TopicAndSelfInfo = [open, ...others.map((TopicInfo) => ({ ErrorCode: 0, TopicInfo }))];
    const partlyAnswered = Promise.withResolvers<void>();
    const older = sync(
      beforeUpdate(1, parts, () => {
        answer = () => ({ body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, TopicAndSelfInfo }) });
        void newer().then(done.resolve, done.reject);
        return partlyAnswered.promise;
      }),
      [groupId],
      RUN,
    );
    const done = Promise.withResolvers<unknown>();
    // The lease is its first update, and the stamp gives it back: between two updates nobody else can write.
    const inBetween = beforeUpdate(3, parts, async () => {
      partlyAnswered.resolve();
      await sleep(300);
    });
    const newer = () => sync(inBetween, [groupId], RUN).finally(partlyAnswered.resolve);
    await Promise.all([older, done.promise]);
    const active = (await mirrored()).filter(({ status }) => status === 'active');
    expect(await stamp()).toMatchObject({ topicCount: active.length });
  });
});

describe('a delivery whose answer leaves a topic open, and that loses its lease to a newer answer', () => {
  it('comes again, since what it has written late is to be looked at', async () => {
    const [odd, ...others] = world.simulator.app().topics(groupId) as [Topic, ...Topic[]];
    const open = { ErrorCode: 4711, ErrorInfo: 'nobody knows', TopicInfo: { TopicId: odd.TopicId } };
    const TopicAndSelfInfo = [open, ...others.map((TopicInfo) => ({ ErrorCode: 0, TopicInfo }))];
    answer = () => ({ body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, TopicAndSelfInfo }) });
    const afterItsLease = { ...parts, now: () => Date.now() + 60_000 };
    let failed: number[] | undefined;
    const late = beforeUpdate(2, parts, async () => {
      answer = () => undefined;
      failed = await sync(afterItsLease, [groupId], RUN);
    });
    expect(await sync(late, [groupId], RUN)).toEqual([0]);
    expect(failed).toEqual([]);
    expect(await stamp()).toMatchObject({ run: { id: RUN, outcome: 'synced' } });
  });
});

describe('a delivery that finds nothing changed', () => {
  it('is done when the answer to its stamp was lost', async () => {
    await sync(parts, [groupId], RUN);
    expect(await sync({ ...parts, store: withLostAnswers(parts.store) }, [groupId], NEXT_RUN)).toEqual([]);
    expect(await stamp()).toMatchObject({ run: { id: NEXT_RUN, outcome: 'unchanged', calls: 1 } });
  });
});
