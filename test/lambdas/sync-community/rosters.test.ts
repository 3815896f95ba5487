import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { activityIn } from '../../../shared/catalog/activity.ts';
import type { SimulatedApp } from '../../../simulator/index.ts';
import { collect } from '../../support/collect.ts';
import { createWorld, type World } from '../../support/world.ts';
import { communityMessage, deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

const LATER_RUN = '2026-11-24T02:00:00.000Z';
/** Messages of each topic before the first night. */
const SOME = 10;
let world: World;
let parts: Parts;
let app: SimulatedApp;
let groupId: string;
let [a, b]: [string, string] = ['', ''];
/** Answers of get_topic that are given instead, until the test ends. */
let wrong: string | undefined;

beforeAll(async () => {
  world = await createWorld({
    communities: 0,
    quirks: false,
    intercept: ({ api }) => (api === 'get_topic' && wrong !== undefined ? { body: wrong } : undefined),
  });
  app = world.simulator.app();
});

beforeEach(async () => {
  wrong = undefined;
  parts = world.fresh();
  ({ groupId } = app.createCommunity());
  [a, b] = ['a', 'b'].map((name) => {
    const TopicId = `${groupId}@TOPIC#_${name}`;
    app.createTopic(groupId, { TopicId, NextMsgSeq: SOME + 1 });
    return TopicId;
  }) as [string, string];
  await sync(parts, [groupId], RUN);
});

afterAll(() => world.close());

describe('the roster of a community', () => {
  it('keeps the row of a topic that is missing, and counts what came meanwhile once it is there again', async () => {
    app.postMessages(groupId, a, 2);
    app.postMessages(groupId, b, 1);
    wrong = answerWith({ [a]: 'absent' });
    await sync(parts, [groupId], NEXT_RUN);
    expect(await rows()).toEqual({ [a]: SOME + 1, [b]: SOME + 2 });
    expect(await topic(a)).toMatchObject({ status: 'missing', activity: { nextMsgSeq: SOME + 1 } });
    wrong = undefined;
    await sync(parts, [groupId], LATER_RUN);
    expect(await rows()).toEqual({ [a]: SOME + 3, [b]: SOME + 2 });
    expect(await told()).toEqual([{}, { [b]: 1 }, { [a]: 2 }]);
  });

  it('keeps the row of a topic that fails by itself, and counts its messages once it is answered', async () => {
    app.postMessages(groupId, a, 2);
    app.postMessages(groupId, b, 1);
    wrong = answerWith({ [a]: 4711 });
    await sync(parts, [groupId], NEXT_RUN);
    expect(await rows()).toEqual({ [a]: SOME + 1, [b]: SOME + 2 });
    expect(await stamp()).toMatchObject({ run: { outcome: 'failed', messageTopics: 1, newMessages: 1 } });
    wrong = undefined;
    await sync(parts, [groupId], NEXT_RUN);
    expect(await rows()).toEqual({ [a]: SOME + 3, [b]: SOME + 2 });
    expect(await stamp()).toMatchObject({ run: { outcome: 'synced', messageTopics: 2, newMessages: 3 } });
    expect(await told()).toEqual([{}, { [a]: 2, [b]: 1 }, {}]);
  });

  it('has no row of a tombstone any more once a later answer moves it: the tombstone keeps the activity itself', async () => {
    await deleteTopic();
    const tombstone = { status: 'deleted', activity: { nextMsgSeq: SOME + 1 } };
    expect(await topic(a)).toMatchObject(tombstone);
    app.postMessages(groupId, b, 1);
    await sync(parts, [groupId], LATER_RUN);
    expect(await rows()).toEqual({ [b]: SOME + 2 });
    expect(await topic(a)).toMatchObject(tombstone);
  });

  it.each([
    ['its tombstone alone has the counter', 1],
    ['the roster has its row still', 0],
  ])('counts of a topic that is restored what came since its deletion: %s', async (_what, others) => {
    await deleteTopic();
    if (others > 0) app.postMessages(groupId, b, others);
    await sync(parts, [groupId], NEXT_RUN);
    app.createTopic(groupId, { TopicId: a, NextMsgSeq: SOME + 5 });
    await sync(parts, [groupId], LATER_RUN);
    expect(await topic(a)).toMatchObject({ status: 'active', activity: { nextMsgSeq: SOME + 5 } });
    expect((await told()).map((entry) => entry[a])).toEqual([undefined, undefined, 4]);
  });

  it('is none where no answer had a topic, and is left alone by one that is an error', async () => {
    const empty = app.createCommunity().groupId;
    await sync(parts, [empty], RUN);
    expect(await meteredCatalog(parts).catalog.readRoster(empty, { consistent: true })).toBeUndefined();
    const before = await rows();
    app.postMessages(groupId, a, 2);
    wrong = '{"ActionStatus":"FAIL","ErrorCode":10007,"ErrorInfo":""}';
    await sync(parts, [groupId], NEXT_RUN);
    expect([await rows(), await told()]).toEqual([before, [{}, {}, {}]]);
  });
});

/** The answer as it is, but for topics that are not in it, or that an error is in the place of. */
function answerWith(instead: Readonly<Record<string, number | 'absent'>>): string {
  const TopicAndSelfInfo = app.topics(groupId).flatMap((TopicInfo) => {
    const { [TopicInfo.TopicId]: code = 0 } = instead;
    return code === 'absent' ? [] : [{ ErrorCode: code, ErrorInfo: '', TopicInfo }];
  });
  return JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', TopicAndSelfInfo });
}

/** Topic a is deleted, and the night has confirmed it and carried it out. */
async function deleteTopic(): Promise<void> {
  app.deleteTopic(groupId, a);
  await sync(parts, [groupId], NEXT_RUN);
  const judgedAt = new Date().toISOString();
  const message = { runId: NEXT_RUN, reason: 'confirmed', judgedAt } as const;
  await deliver(parts, communityMessage(parts, groupId, message));
}

const stamp = () => meteredCatalog(parts).catalog.readCommunity(groupId, { consistent: true });

/** The counters that the roster has. */
async function rows(): Promise<Record<string, number | undefined>> {
  const roster = await meteredCatalog(parts).catalog.readRoster(groupId, { consistent: true });
  return Object.fromEntries([...(roster?.rows ?? [])].map(([id, { nextMsgSeq }]) => [id, nextMsgSeq]));
}

async function topic(topicId: string) {
  const all = await collect(meteredCatalog(parts).catalog.topicsOf(groupId, { consistent: true }));
  return all.find((one) => one.topicId === topicId);
}

/** Messages by topic that the nights' entries tell of. */
async function told(): Promise<Record<string, number>[]> {
  const runs = [RUN, NEXT_RUN, LATER_RUN];
  const entries = await activityIn(parts.store, parts.app.sdkAppId, groupId, runs);
  return entries.map((entry) =>
    Object.fromEntries((entry?.topics ?? []).map(({ topicId, newMessages }) => [topicId, newMessages])),
  );
}
