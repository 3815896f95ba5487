import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Intercept, TopicInfo as Topic } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createLifeline, on } from '../../support/worldCrash.ts';
import { communityMessage, deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let groupId: string;
let answer: Intercept = () => undefined;

beforeAll(async () => {
  world = await createWorld({ communities: 1, quirks: false, intercept: (call) => answer(call) });
});

beforeEach(async () => {
  answer = () => undefined;
  parts = world.fresh();
  ({ groupId } = world.simulator.app().createCommunity({ topics: 2 }));
  await sync(parts, [groupId], RUN);
  await tombstone();
});

afterAll(() => world.close());

const stamp = () => meteredCatalog(parts).catalog.readCommunity(groupId, { consistent: true });

/** The list does not name the community, get_topic says 10010, the deletions are carried out. */
async function tombstone(): Promise<void> {
  answer = () => ({ body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode: 10010, ErrorInfo: 'gone' }) });
  await deliver(parts, communityMessage(parts, groupId, { runId: RUN, reason: 'unlisted' }));
  const judgedAt = new Date().toISOString();
  await deliver(parts, communityMessage(parts, groupId, { runId: RUN, reason: 'confirmed', judgedAt }));
  answer = () => undefined;
  expect(await stamp()).toMatchObject({ status: 'deleted', topicCount: 0 });
}

describe('a deleted community that answers again', () => {
  it('is there again, though the answer leaves one of its topics open', async () => {
    const [odd, other] = world.simulator.app().topics(groupId) as [Topic, Topic];
    const open = { ErrorCode: 4711, ErrorInfo: 'nobody knows', TopicInfo: { TopicId: odd.TopicId } };
    const TopicAndSelfInfo = [open, { ErrorCode: 0, TopicInfo: other }];
    answer = () => ({ body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, TopicAndSelfInfo }) });
    await sync(parts, [groupId], NEXT_RUN);
    expect(await stamp()).toMatchObject({ status: 'active', topicCount: 1, run: { outcome: 'failed' } });
  });

  it('is there again, though its writer dies before the stamp', async () => {
    const lifeline = createLifeline({ at: 9, mode: 'before' });
    await on(lifeline, () => sync(parts, [groupId], NEXT_RUN)).catch(() => {});
    expect(lifeline.calls.at(-1)).toBe('UpdateItemCommand');
    // Whoever finds it in no list must ask for it: topics of it may be stored as active.
    expect(await stamp()).toMatchObject({ status: 'active' });
    expect((await stamp())?.deletedAt).toBeUndefined();
  });
});
