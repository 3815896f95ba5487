import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { Parts } from '../../lambdas/parts/index.ts';
import { createChatClient } from '../../shared/chat/index.ts';
import type { Intercept } from '../../simulator/index.ts';
import { approve, closeScenes, mirroredScene, newScene, type Scene } from '../scenarios/scene.ts';

// Nights wait most of their time, so they run side by side.
jest.setTimeout(60_000);

afterAll(closeScenes);

const app = { communities: 40, topicsPerCommunity: 5 };

/** All there is of the app: topics of communities that have some, as it is now. */
const size = ({ world }: Scene) => {
  const states = [...world.simulator.app().state()].filter(({ supportsTopics }) => supportsTopics);
  const topics = states.flatMap(({ topics }) => topics).length;
  return { topics, withTopics: states.filter(({ topics }) => topics.length > 0).length };
};

/** Options of a night in which something happens once so many communities are done. */
const onceDone = (count: number, happen: () => void) => ({
  consumers: 1,
  onProgress: (done: number) => {
    if (done >= count) happen();
  },
});

describe('an app that answers empty for an hour', () => {
  it.concurrent('loses no topic: they are missing, the run says how many, and the next night has them all', async () => {
    const scene = await mirroredScene(app);
    const { topics } = size(scene);
    scene.world.simulator.faults().switch({ kind: 'empty-answer', on: true });
    const { summary, reasons } = await scene.night();
    expect(summary).toMatchObject({ status: 'INCOMPLETE', topics: { deleted: 0, missing: topics, held: 0 } });
    expect(reasons).toEqual([`${topics} topics are missing, and the API does not say that they are deleted`]);
    expect(await scene.topics()).toEqual({ active: 0, missing: topics, deleted: 0 });
    scene.world.simulator.faults().switch({ kind: 'empty-answer', on: false });
    expect(await scene.expectHealed()).toMatchObject({ topics: { active: topics, deleted: 0 } });
  });
});

describe('a list that lacks half of the communities', () => {
  it.concurrent('and counts so makes the run INCOMPLETE, and nobody is asked whether they are gone', async () => {
    const scene = await mirroredScene(app);
    const { topics } = size(scene);
    scene.world.simulator.faults().switch({ kind: 'short-list', on: true });
    scene.world.simulator.resetStats();
    const { summary, reasons } = await scene.night();
    expect(summary).toMatchObject({ status: 'INCOMPLETE', communities: { listed: 20, deleted: 0 } });
    expect(reasons).toEqual(['the list names 20 communities fewer than are mirrored']);
    expect(scene.world.simulator.stats().apps[0]?.apis.get_topic.calls).toBe(20);
    expect(await scene.topics()).toEqual({ active: topics, missing: 0, deleted: 0 });
    scene.world.simulator.faults().switch({ kind: 'short-list', on: false });
    await scene.expectHealed();
  });

  it.concurrent('and a person who calls it true by mistake deletes nothing that is there', async () => {
    const scene = await mirroredScene(app);
    const { topics } = size(scene);
    scene.world.simulator.faults().switch({ kind: 'short-list', on: true });
    await scene.night();
    const summary = await approve(scene);
    expect(summary).toMatchObject({
      status: 'COMPLETE',
      communities: { deleted: 0 },
      topics: { active: topics, deleted: 0 },
    });
  });

  it.concurrent('because they are gone is carried on with once a person says that it is true', async () => {
    const scene = await mirroredScene(app);
    const groupIds = scene.world.simulator.app().communityIds();
    for (const groupId of groupIds.slice(0, 20)) scene.world.simulator.app().disbandCommunity(groupId);
    const { topics } = size(scene);
    expect((await scene.night()).reasons).toEqual(['the list names 20 communities fewer than are mirrored']);
    const summary = await approve(scene);
    expect(summary).toMatchObject({
      status: 'COMPLETE',
      communities: { deleted: 20 },
      topics: { active: topics, missing: 0 },
    });
    await scene.expectHealed();
  });

  it.concurrent.each([
    ['page-gap', /^the list named 36 communities, its TotalCount says 40$/],
    ['page-without-next', /^halted: get_appid_group_list: malformed answer, Next: missing/],
  ])(
    'or misbehaves (%s) makes the run INCOMPLETE with the reason, and deletes nothing',
    async (kind, reason) => {
      const scene = await mirroredScene(app);
      const { topics } = size(scene);
      scene.world.simulator.faults().switch({ kind, on: true });
      const { summary, reasons } = await scene.night();
      expect(summary.status).toBe('INCOMPLETE');
      expect(reasons[0]).toMatch(reason);
      expect(await scene.topics()).toEqual({ active: topics, missing: 0, deleted: 0 });
      scene.world.simulator.faults().switch({ kind, on: false });
      await scene.expectHealed();
    },
  );
});

describe('a plan that lapses in the middle of a run', () => {
  it.concurrent('halts it with the reason, and the messages that are left are let go', async () => {
    const scene = await mirroredScene({ ...app, communities: 60 });
    const { topics } = size(scene);
    const faults = scene.world.simulator.faults();
    scene.world.simulator.resetStats();
    const lapse = () => faults.switch({ kind: 'code-60020', on: true, api: 'get_topic' });
    const { summary, reasons } = await scene.night(onceDone(10, lapse));
    expect(summary).toMatchObject({
      status: 'INCOMPLETE',
      topics: { active: topics, deleted: 0, missing: 0 },
    });
    expect(reasons[0]).toMatch(/^halted: get_topic of .*60020: the plan is missing, expired or in arrears/);
    expect(scene.world.simulator.stats().apps[0]?.apis.get_topic.calls).toBeLessThan(40);
    faults.switch({ kind: 'code-60020', on: false });
    await scene.expectHealed();
  });
});

describe('a community feature that is switched off for the whole app', () => {
  it.concurrent('fails every community that has topics, and keeps them', async () => {
    const scene = await mirroredScene(app);
    const { topics, withTopics } = size(scene);
    scene.world.simulator.app().setCommunityFeature(false);
    const { summary, reasons } = await scene.night();
    expect(summary).toMatchObject({
      status: 'INCOMPLETE',
      communities: { failed: withTopics, unsupported: 40 - withTopics, deleted: 0 },
    });
    expect(reasons).toEqual([`${withTopics} communities failed`]);
    expect(await scene.topics()).toEqual({ active: topics, missing: 0, deleted: 0 });
    scene.world.simulator.app().setCommunityFeature(true);
    await scene.expectHealed();
  });
});

describe('a secret key that is rotated in the middle of a run', () => {
  /** Parts that read the key from where the operator has put it. */
  function partsReading({ world }: Scene, key: () => string): { parts: Parts; reads: boolean[] } {
    const { sdkAppId, identifier } = world.simulator.defaults;
    const reads: boolean[] = [];
    const secretKey = async (refresh: boolean) => {
      reads.push(refresh);
      return key();
    };
    const chat = createChatClient({
      sdkAppId,
      identifier,
      endpoint: world.url,
      secretKey,
      retry: { baseMs: 1 },
    });
    return { parts: { ...world.parts, chat }, reads };
  }

  it.concurrent('is read again, and the run is COMPLETE', async () => {
    const scene = await newScene({ ...app, quirks: false });
    let key = scene.world.simulator.defaults.secretKey;
    const { parts, reads } = partsReading(scene, () => key);
    const rotate = () => {
      key = 'another-key';
      scene.world.simulator.app().rotateSecretKey(key);
    };
    const { summary, reasons } = await scene.night({ parts, ...onceDone(10, rotate) });
    expect({ status: summary.status, reasons }).toEqual({ status: 'COMPLETE', reasons: [] });
    expect(reads).toContain(true);
  });

  it.concurrent('and not put where the mirror reads it halts the run, and heals when it is', async () => {
    const scene = await newScene({ ...app, quirks: false });
    let key = scene.world.simulator.defaults.secretKey;
    const { parts } = partsReading(scene, () => key);
    const rotate = () => scene.world.simulator.app().rotateSecretKey('another-key');
    const { summary, reasons } = await scene.night({ parts, ...onceDone(10, rotate) });
    expect(summary).toMatchObject({ status: 'INCOMPLETE', topics: { deleted: 0, missing: 0 } });
    expect(reasons[0]).toMatch(/^halted: get_topic of .*70003/);
    expect(JSON.stringify(await scene.world.items())).not.toContain(key);
    key = 'another-key';
    expect((await scene.night({ parts })).summary).toMatchObject({ status: 'COMPLETE' });
  });
});

describe('30 % of the topics deleted in one day', () => {
  it.concurrent('are held, stay readable, and become tombstones when a person approves', async () => {
    const scene = await mirroredScene({ ...app, topicsPerCommunity: 8 });
    const before = size(scene).topics;
    const lost = Math.ceil(before * 0.3);
    scene.world.simulator.app().mutate({ deletions: lost });
    const { summary, reasons } = await scene.night();
    expect(summary).toMatchObject({ status: 'HELD', topics: { deleted: 0, missing: 0, held: lost } });
    expect(reasons).toEqual([
      `${lost} confirmed deletions are held: more than 15 % of the ${before} there were`,
    ]);
    expect(await scene.topics()).toEqual({ active: before - lost, missing: lost, deleted: 0 });
    expect(await approve(scene)).toMatchObject({ status: 'COMPLETE', topics: { deleted: lost, held: 0 } });
    expect(await scene.topics()).toEqual({ active: before - lost, missing: 0, deleted: lost });
    await scene.expectHealed();
  });
});

describe('one community of 3,000 topics', () => {
  it.concurrent('is read in parts, since its answer is too large for one', async () => {
    const calls: string[] = [];
    const scene = await newScene({ communities: 0, intercept: largeCommunity(3_000, calls) });
    const { groupId } = scene.world.simulator.app().createCommunity({ topics: 1 });
    const { summary, reasons } = await scene.night();
    expect({ status: summary.status, reasons }).toEqual({ status: 'COMPLETE', reasons: [] });
    expect(summary).toMatchObject({ topics: { active: 3_000, baseline: 3_000 } });
    expect(calls).toEqual(['whole', 'names', ...Array(60).fill('50 by id')]);
    const topics = (await scene.world.items()).filter(({ itemType }) => itemType === 'topic');
    expect(topics.find(({ topicId }) => topicId === `${groupId}@TOPIC#_2999`)).toMatchObject({
      topicName: 'Topic 2999',
      status: 'active',
    });
    expect((await scene.night()).summary).toMatchObject({
      communities: { unchanged: 1 },
      topics: { active: 3_000, updated: 0 },
    });
  });
});

/** Answers get_topic for communities of so many topics, whose whole answer is over 1 MB. */
function largeCommunity(count: number, calls: string[]): Intercept {
  const element = (TopicId: string, more = {}) => ({ ErrorCode: 0, TopicInfo: { TopicId, ...more } });
  const answer = (elements: object[]) => ({
    body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', TopicAndSelfInfo: elements }),
  });
  return ({ api, body }) => {
    if (api !== 'get_topic') return undefined;
    const ids = Array.from({ length: count }, (_, index) => `${body['GroupId']}@TOPIC#_${index}`);
    const named = body['TopicIdList'] as string[] | undefined;
    calls.push(named ? `${named.length} by id` : body['ResponseFilter'] ? 'names' : 'whole');
    const nameOf = (id: string) => ({
      TopicName: `Topic ${id.slice(id.indexOf('@TOPIC#_') + 8)}`,
      CreateTime: 1,
    });
    if (named) return answer(named.map((id) => element(id, nameOf(id))));
    if (body['ResponseFilter']) return answer(ids.map((id) => element(id, { CreateTime: 1 })));
    return { body: '{"ActionStatus":"FAIL","ErrorCode":10018,"ErrorInfo":""}' };
  };
}

describe('a community that is deleted and created again under the same id', () => {
  it.concurrent('within a day keeps its tombstones apart from its new topics', async () => {
    const scene = await mirroredScene({ communities: 0 });
    const simulated = scene.world.simulator.app();
    const { groupId } = simulated.createCommunity({ topics: 3 });
    await scene.night();
    simulated.disbandCommunity(groupId);
    simulated.createCommunity({ groupId, topics: 2 });
    const { summary } = await scene.night();
    expect(summary).toMatchObject({
      status: 'COMPLETE',
      topics: { active: 2, created: 2, deleted: 3, restored: 0 },
    });
    await scene.expectHealed();
  });

  it.concurrent('after a night without it is active again, and only the topics that came back are restored', async () => {
    const scene = await mirroredScene({ communities: 0 });
    const simulated = scene.world.simulator.app();
    const { groupId, topics } = simulated.createCommunity({ topics: 3 });
    await scene.night();
    simulated.disbandCommunity(groupId);
    expect((await scene.night()).summary).toMatchObject({
      communities: { deleted: 1 },
      topics: { deleted: 3 },
    });
    simulated.createCommunity({ groupId });
    simulated.createTopic(groupId, { TopicId: topics[0]?.TopicId as string });
    simulated.createTopic(groupId);
    const { summary } = await scene.night();
    expect(summary).toMatchObject({
      status: 'COMPLETE',
      communities: { deleted: 0 },
      topics: { active: 2, created: 1, restored: 1 },
    });
    expect(await scene.topics()).toEqual({ active: 2, missing: 0, deleted: 2 });
    await scene.expectHealed();
  });
});

describe('a topic id that comes back under another name', () => {
  it.concurrent('is still that topic: restored, with its whole history', async () => {
    const scene = await mirroredScene({ communities: 0 });
    const simulated = scene.world.simulator.app();
    const { groupId } = simulated.createCommunity();
    const TopicId = `${groupId}@TOPIC#_news`;
    simulated.createTopic(groupId, { TopicId, TopicName: 'News' });
    await scene.night();
    simulated.deleteTopic(groupId, TopicId);
    await scene.night();
    simulated.createTopic(groupId, { TopicId, TopicName: 'Weather' });
    expect((await scene.night()).summary).toMatchObject({ topics: { active: 1, created: 0, restored: 1 } });
    const items = (await scene.world.items()).filter(({ topicId }) => topicId === TopicId);
    const history = items.filter(({ itemType }) => itemType === 'change').map(({ kind }) => kind);
    expect(history).toEqual(['deleted', 'restored']);
    expect(items.find(({ itemType }) => itemType === 'topic')).toMatchObject({
      topicName: 'Weather',
      status: 'active',
    });
    await scene.expectHealed();
  });
});
