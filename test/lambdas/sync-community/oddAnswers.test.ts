import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import { makeOdd } from '../../../simulator/faults/oddJson.ts';
import type { Intercept, InterceptedCall } from '../../../simulator/index.ts';
import { isJsonObject, toJson } from '../../../simulator/json.ts';
import { Draw } from '../../../simulator/random.ts';
import { createWorld, type World } from '../../support/world.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

// Many small cases.
jest.setTimeout(60_000);

const SEEDS = 120;

let world: World;
let answer: (call: InterceptedCall) => ReturnType<Intercept> = () => undefined;

beforeAll(async () => {
  world = await createWorld({ communities: 0, intercept: (call) => answer(call) });
});
afterAll(() => world.close());

describe(`an answer with one odd part, ${SEEDS} times over the wire`, () => {
  it('fails no community that has its ids, deletes no topic, and is made good by the next right answer', async () => {
    const parts = world.fresh();
    const { catalog } = meteredCatalog(parts);
    const app = world.simulator.app();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { groupId } = app.createCommunity({ topics: 3 });
      await sync(parts, [groupId], RUN);
      const right = {
        ActionStatus: 'OK',
        ErrorCode: 0,
        TopicAndSelfInfo: app.topics(groupId).map((TopicInfo) => ({ ErrorCode: 0, TopicInfo })),
      };
      const { value, at } = makeOdd(JSON.parse(JSON.stringify(right)), new Draw(seed));
      answer = ({ body }) => ('TopicIdList' in body ? undefined : { body: toJson(value) });
      const back = await sync(parts, [groupId], NEXT_RUN);
      const where = `seed ${seed}, ${at.join('.')}`;
      const isListed = isJsonObject(value) && Array.isArray(value['TopicAndSelfInfo']);
      if (isListed && at.length > 2) expect([where, back]).toEqual([where, []]);
      for await (const topic of catalog.profilesOf(groupId)) {
        expect([where, topic.status]).not.toEqual([where, 'deleted']);
        expect([where, topic]).not.toEqual([
          where,
          expect.objectContaining({ confirmedAt: expect.anything() }),
        ]);
      }

      answer = () => undefined;
      expect([where, await sync(parts, [groupId], NEXT_RUN)]).toEqual([where, []]);
      expect(await catalog.readCommunity(groupId, { consistent: true })).toMatchObject({
        topicCount: 3,
        missingCount: 0,
      });
    }
  });
});
