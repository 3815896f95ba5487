import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Intercept } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

const EMPTY = { body: '{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"","TopicAndSelfInfo":[]}' };

let world: World;
let parts: Parts;
let answer: Intercept;
let calls = 0;

beforeAll(async () => {
  const intercept: Intercept = (call) => {
    calls += 1;
    return answer(call);
  };
  world = await createWorld({ communities: 0, intercept });
});

beforeEach(() => {
  parts = world.fresh();
  calls = 0;
  answer = () => undefined;
});

afterAll(() => world.close());

const community = (topics: number) => world.simulator.app().createCommunity({ topics }).groupId;

async function statusesOf(groupId: string) {
  const items = await world.itemsOf(parts.app.sdkAppId, groupId);
  return items.filter(({ itemType }) => itemType === 'topic').map(({ status }) => status);
}

describe('an answer without any topic', () => {
  it('is asked for once more: a new community’s topics are not lost to a single false answer', async () => {
    const groupId = community(3);
    answer = ({ attemptIndex }) => (attemptIndex === 0 ? EMPTY : undefined);
    expect(await sync(parts, [groupId])).toEqual([]);
    expect(await statusesOf(groupId)).toEqual(['active', 'active', 'active']);
    expect(calls).toBe(2);
  });

  it('costs no call by id when the second answer shows what is mirrored, and new topics are seen as well', async () => {
    const groupId = community(2);
    await sync(parts, [groupId], RUN);
    world.simulator.app().createTopic(groupId);
    calls = 0;
    let asked = 0;
    answer = () => (++asked === 1 ? EMPTY : undefined);
    await sync(parts, [groupId], NEXT_RUN);
    expect(await statusesOf(groupId)).toEqual(['active', 'active', 'active']);
    expect(calls).toBe(2);
  });

  it('is believed the second time, and asked for once a night from then on', async () => {
    const groupId = community(0);
    await sync(parts, [groupId], RUN);
    expect(calls).toBe(2);
    await sync(parts, [groupId], NEXT_RUN);
    expect(calls).toBe(3);
  });

  it('that is an error the second time fails the community, and changes nothing', async () => {
    const groupId = community(2);
    await sync(parts, [groupId], RUN);
    let asked = 0;
    answer = () =>
      ++asked === 1 ? EMPTY : { body: '{"ActionStatus":"FAIL","ErrorCode":10007,"ErrorInfo":""}' };
    expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([]);
    expect(await statusesOf(groupId)).toEqual(['active', 'active']);
  });
});
