import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../../lambdas/sync-community/handler.ts';
import { createLogger } from '../../../shared/logger.ts';
import type { Intercept, InterceptedCall, TopicInfo as Topic } from '../../../simulator/index.ts';
import { createWorld, type LogLine, unpacedChat, type World } from '../../support/world.ts';
import {
  appTopics,
  expectHistoryReplays,
  expectMirrored,
  mirroredTopics,
} from '../../support/worldCompare.ts';
import { createLifeline, on } from '../../support/worldCrash.ts';
import {
  communityMessage,
  deliver,
  invokeSync,
  lambdaContext,
  NEXT_RUN,
  RUN,
  sqsEvent,
  sync,
} from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let answer: (call: InterceptedCall) => ReturnType<Intercept>;

beforeAll(async () => {
  world = await createWorld({ communities: 64, intercept: (call) => answer(call) });
});

beforeEach(() => {
  answer = () => undefined;
  parts = world.fresh();
  world.log.length = 0;
});

afterAll(() => world.close());

/** A community of the test's own, with four topics. */
function take(): string {
  return world.simulator.app().createCommunity({ topics: 4 }).groupId;
}

describe('a community', () => {
  it('is mirrored as the API answers it, field by field, with a history that begins', async () => {
    const app = world.simulator.app();
    const ids = app.communityIds();
    for (let from = 0; from < ids.length; from += 10) await sync(parts, ids.slice(from, from + 10));
    const items = await world.items(parts.app.sdkAppId);
    expectMirrored(items, app);
    expectHistoryReplays(items);
    expect(items.filter(({ extra }) => extra !== undefined).length).toBeGreaterThan(0);
  });

  it('has what changed written, what did not left alone, and what is absent a candidate that stays readable', async () => {
    const groupId = take();
    const app = world.simulator.app();
    await sync(parts, [groupId], RUN);
    const [edited, absent, kept] = app.topics(groupId) as [Topic, Topic, Topic];
    app.editTopic(groupId, edited.TopicId, { TopicName: 'another name' });
    app.deleteTopic(groupId, absent.TopicId);
    const { TopicId: created } = app.createTopic(groupId, { TopicName: 'new here' });
    const before = await topicsOf(groupId);

    await sync(parts, [groupId], NEXT_RUN);

    const after = await topicsOf(groupId);
    expect(after[edited.TopicId]).toMatchObject({ status: 'active', topicName: 'another name' });
    expect(after[created]).toMatchObject({ status: 'active', topicName: 'new here' });
    expect(after[kept.TopicId]).toEqual(before[kept.TopicId]);
    expect(after[absent.TopicId]).toMatchObject({ ...detailsOf(before[absent.TopicId]), status: 'missing' });
    expect(after[absent.TopicId]).toMatchObject({ confirmedCode: 110003, confirmedRunId: NEXT_RUN });
    expect(after[absent.TopicId]).toHaveProperty('missingSince');
    expect(await stampOf(groupId)).toMatchObject({
      topicCount: app.topics(groupId).length,
      missingCount: 1,
      run: { id: NEXT_RUN, outcome: 'synced', created: 1, updated: 1, restored: 0 },
      deletions: { runId: NEXT_RUN, confirmed: 1, deleted: 0 },
    });
    expectHistoryReplays(await world.itemsOf(parts.app.sdkAppId, groupId));
  });

  it('that did not change costs one read and one written item, and touches no topic', async () => {
    const groupId = take();
    await sync(parts, [groupId], RUN);
    const before = await topicsOf(groupId);
    const lifeline = createLifeline();
    await on(lifeline, () => sync(parts, [groupId], NEXT_RUN));
    // The first read looks whether the run was halted, once a batch.
    expect(lifeline.calls).toEqual(
      ['GetItemCommand', 'GetItemCommand', 'get_topic', 'UpdateItemCommand'].filter(isStore),
    );
    expect(await topicsOf(groupId)).toEqual(before);
    expect(await stampOf(groupId)).toMatchObject({
      run: { id: NEXT_RUN, outcome: 'unchanged', writeUnits: 1 },
    });
  });

  it('counts once what a repeat of its message does again', async () => {
    const groupId = take();
    await sync(parts, [groupId]);
    const once = await stampOf(groupId);
    await sync(parts, [groupId]);
    await sync(parts, [groupId]);
    const { run } = once as { run: Record<string, unknown> };
    expect(await stampOf(groupId)).toMatchObject({
      ...once,
      lastSyncedAt: expect.any(String),
      run: {
        ...run,
        askedAt: expect.any(String),
        calls: 3,
        writeUnits: expect.any(Number),
        readUnits: expect.any(Number),
      },
    });
  });

  it('without topics is synced, and a topic of it is missed when there was one', async () => {
    const { groupId } = world.simulator.app().createCommunity();
    expect(await sync(parts, [groupId])).toEqual([]);
    expect(await stampOf(groupId)).toMatchObject({
      status: 'active',
      topicCount: 0,
      run: { outcome: 'synced' },
    });
  });
});

describe('an answer that is an error', () => {
  it('11000 makes a community without mirrored topics unsupported, which is no failure', async () => {
    const { groupId } = world.simulator.app().createCommunity({ supportsTopics: false });
    expect(await sync(parts, [groupId])).toEqual([]);
    expect(await stampOf(groupId)).toMatchObject({
      status: 'unsupported',
      lastErrorCode: 11000,
      run: { outcome: 'unsupported' },
    });
  });

  it.each([10007, 10004])(
    '%i makes a community without mirrored topics unsupported, too, until it is served',
    async (code) => {
      const groupId = take();
      answer = () => refusal(code);
      expect(await sync(parts, [groupId], RUN)).toEqual([]);
      expect(await stampOf(groupId)).toMatchObject({
        status: 'unsupported',
        lastErrorCode: code,
        run: { outcome: 'unsupported' },
      });
      answer = () => undefined;
      await sync(parts, [groupId], NEXT_RUN);
      expect(await stampOf(groupId)).toMatchObject({ status: 'active', run: { outcome: 'synced' } });
    },
  );

  it('11000 fails a community with mirrored topics and leaves them as they are', async () => {
    const groupId = take();
    await sync(parts, [groupId], RUN);
    const before = await topicsOf(groupId);
    world.simulator.app().setTopicSupport(groupId, false);
    expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([]);
    expect(await stampOf(groupId)).toMatchObject({
      lastErrorCode: 11000,
      run: { id: NEXT_RUN, outcome: 'failed' },
    });
    expect(await topicsOf(groupId)).toEqual(before);
  });

  it('11000 fails a community all of whose mirrored topics are missing, too', async () => {
    const groupId = take();
    const app = world.simulator.app();
    await sync(parts, [groupId], RUN);
    for (const { TopicId } of app.topics(groupId)) app.deleteTopic(groupId, TopicId);
    await sync(parts, [groupId], RUN);
    app.setTopicSupport(groupId, false);
    await sync(parts, [groupId], NEXT_RUN);
    expect(await stampOf(groupId)).toMatchObject({ topicCount: 0, run: { outcome: 'failed' } });
  });

  it('11000 fails a community whose first sync was cut short, since topics of it are stored', async () => {
    const groupId = take();
    await on(createLifeline({ at: 9, mode: 'before' }), () => sync(parts, [groupId]));
    expect(Object.keys(await topicsOf(groupId))).toHaveLength(4);
    world.simulator.app().setTopicSupport(groupId, false);
    await sync(parts, [groupId]);
    expect(await stampOf(groupId)).toMatchObject({ run: { outcome: 'failed' } });
  });

  it('10010 makes the topics of a disbanded community missing, each night anew nothing else', async () => {
    const groupId = take();
    await sync(parts, [groupId], RUN);
    const count = Object.keys(await topicsOf(groupId)).length;
    world.simulator.app().disbandCommunity(groupId);
    await sync(parts, [groupId], NEXT_RUN);
    const first = await topicsOf(groupId);
    expect(Object.values(first).map(({ status }) => status)).toEqual(Array(count).fill('missing'));
    const gone = { topicCount: 0, missingCount: count, lastErrorCode: 10010, run: { outcome: 'gone' } };
    expect(await stampOf(groupId)).toMatchObject(gone);

    await sync(parts, [groupId], '2026-11-24T02:00:00.000Z');
    expect(await topicsOf(groupId)).toEqual(first);
    expect(await stampOf(groupId)).toMatchObject(gone);
  });

  it('10010 is followed by the community coming back, without an entry for topics that did not change', async () => {
    const groupId = take();
    const app = world.simulator.app();
    await sync(parts, [groupId], RUN);
    const before = await topicsOf(groupId);
    answer = ({ body }) => (body['GroupId'] === groupId ? refusal(10010) : undefined);
    await sync(parts, [groupId], NEXT_RUN);
    answer = () => undefined;
    await sync(parts, [groupId], NEXT_RUN);
    const items = await world.itemsOf(parts.app.sdkAppId, groupId);
    expect(mirroredTopics(items)).toEqual(ofGroup(appTopics(app), groupId));
    expect(Object.keys(before).length).toBeGreaterThan(0);
    expect(items.filter(({ itemType }) => itemType === 'change')).toEqual([]);
    const stamp = await stampOf(groupId);
    expect(stamp).toMatchObject({ missingCount: 0 });
    expect(stamp).not.toHaveProperty('lastErrorCode');
  });

  it.each([10007, 10015, 10004, 99999])(
    '%i fails the community alone, once, and keeps its topics',
    async (code) => {
      const [failing, fine] = [take(), take()];
      await sync(parts, [failing, fine], RUN);
      const before = await topicsOf(failing);
      answer = ({ body }) => (body['GroupId'] === failing ? refusal(code) : undefined);
      expect(await sync(parts, [failing, fine], NEXT_RUN)).toEqual([]);
      expect(await topicsOf(failing)).toEqual(before);
      expect(await stampOf(failing)).toMatchObject({
        lastErrorCode: code,
        lastError: expect.stringContaining(String(code)),
        failingSince: expect.any(String),
        run: { id: NEXT_RUN, outcome: 'failed' },
      });
      expect(await stampOf(fine)).toMatchObject({ run: { id: NEXT_RUN, outcome: 'unchanged' } });
    },
  );

  it.each([
    ['10002', refusal(10002)],
    ['10006', refusal(10006)],
    ['HTTP 502', { status: 502, body: '<html>bad gateway' }],
    ['a lost connection', { destroySocket: true }],
    ['broken JSON', { body: '{"ErrorCode":0,' }],
    ['an empty object', { body: '{}' }],
    ["another API's answer", { body: '{"ActionStatus":"OK","ErrorCode":0,"GroupIdList":[]}' }],
  ])(
    '%s brings the record back, stamps the failure and touches no topic; the next delivery heals it',
    async (_, wrong) => {
      const [failing, fine] = [take(), take()];
      await sync(parts, [failing, fine], RUN);
      const before = await topicsOf(failing);
      answer = ({ body }) => (body['GroupId'] === failing ? wrong : undefined);
      expect(await sync(parts, [fine, failing], NEXT_RUN)).toEqual([1]);
      expect(await topicsOf(failing)).toEqual(before);
      expect(await stampOf(failing)).toMatchObject({
        lastError: expect.any(String),
        run: { outcome: 'failed' },
      });

      answer = () => undefined;
      expect(await sync(parts, [failing], NEXT_RUN)).toEqual([]);
      const healed = await stampOf(failing);
      expect(healed).toMatchObject({ status: 'active', run: { outcome: 'unchanged' } });
      for (const left of ['lastError', 'lastErrorCode', 'failingSince', 'attention'])
        expect(healed).not.toHaveProperty(left);
    },
  );

  it.each([
    ['a field that is null', (info: Topic) => ({ ...info, FaceUrl: null, Notification: null })],
    ['digits for numbers', (info: Topic) => ({ ...info, CreateTime: `${info.CreateTime}`, NextMsgSeq: '7' })],
    ['another type', (info: Topic) => ({ ...info, TopicName: { en: info.TopicName } })],
  ])('is none where it has %s', async (_what, edit) => {
    const groupId = take();
    answer = ({ body }) => (body['GroupId'] === groupId ? oddly(groupId, edit) : undefined);
    expect(await sync(parts, [groupId], RUN)).toEqual([]);
    expect(Object.keys(await topicsOf(groupId))).toHaveLength(4);
    expect(await stampOf(groupId)).toMatchObject({ topicCount: 4, run: { outcome: 'synced' } });
  });

  it('in an element that names no topic fails the community, says where it is, and costs no other topic anything', async () => {
    const groupId = take();
    answer = ({ body }) =>
      body['GroupId'] === groupId ? oddly(groupId, (info, nth) => (nth === 1 ? {} : info)) : undefined;
    expect(await sync(parts, [groupId], RUN)).toEqual([]);
    expect(Object.keys(await topicsOf(groupId))).toHaveLength(3);
    expect(await stampOf(groupId)).toMatchObject({
      topicCount: 3,
      lastError:
        'elements of the answer that name no topic: 1, the first TopicAndSelfInfo[1].TopicInfo.TopicId: missing',
      run: { outcome: 'failed' },
    });
    answer = () => undefined;
    expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([]);
    expect(await stampOf(groupId)).toMatchObject({ topicCount: 4, run: { outcome: 'synced' } });
  });

  it('is none where a community without topics has no list, or null for one; it is asked once more', async () => {
    for (const list of ['', ',"TopicAndSelfInfo":null']) {
      const groupId = take();
      let asked = 0;
      answer = ({ body }) => {
        if (body['GroupId'] !== groupId) return undefined;
        asked++;
        return { body: `{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""${list}}` };
      };
      expect(await sync(parts, [groupId], RUN)).toEqual([]);
      expect(await stampOf(groupId)).toMatchObject({ topicCount: 0, run: { outcome: 'synced' } });
      expect(asked).toBe(2);
    }
  });

  it('of one topic that nobody knows spares that topic, mirrors the others and fails the community', async () => {
    const groupId = take();
    const app = world.simulator.app();
    await sync(parts, [groupId], RUN);
    const [odd, edited] = app.topics(groupId) as [Topic, Topic];
    const before = await topicsOf(groupId);
    app.editTopic(groupId, edited.TopicId, { TopicName: 'edited' });
    answer = () => ({ body: elements(groupId, { [odd.TopicId]: 4711 }) });
    expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([]);
    const after = await topicsOf(groupId);
    expect(after[odd.TopicId]).toEqual(before[odd.TopicId]);
    expect(after[edited.TopicId]).toMatchObject({ topicName: 'edited' });
    const active = Object.values(after).filter(({ status }) => status === 'active');
    expect(await stampOf(groupId)).toMatchObject({
      topicCount: active.length,
      lastErrorCode: 4711,
      run: { outcome: 'failed', updated: 1 },
    });

    answer = () => undefined;
    await sync(parts, [groupId], NEXT_RUN);
    expect(await stampOf(groupId)).toMatchObject({ run: { outcome: 'synced', updated: 1 } });
  });

  it.each([110003, 10010])('%i of one topic makes it missing, not deleted', async (code) => {
    const groupId = take();
    await sync(parts, [groupId], RUN);
    const [gone] = world.simulator.app().topics(groupId) as [Topic];
    answer = () => ({ body: elements(groupId, { [gone.TopicId]: code }) });
    await sync(parts, [groupId], NEXT_RUN);
    expect((await topicsOf(groupId))[gone.TopicId]).toMatchObject({ status: 'missing' });
  });

  it('of one topic that passes is asked for again by the id of that topic', async () => {
    const groupId = take();
    const app = world.simulator.app();
    const [odd] = app.topics(groupId) as [Topic];
    const asked: unknown[] = [];
    answer = ({ body }) => {
      asked.push(body['TopicIdList']);
      return body['TopicIdList'] ? undefined : { body: elements(groupId, { [odd.TopicId]: 10002 }) };
    };
    await sync(parts, [groupId]);
    expect(asked).toEqual([undefined, [odd.TopicId]]);
    expect(mirroredTopics(await world.itemsOf(parts.app.sdkAppId, groupId))).toEqual(
      ofGroup(appTopics(app), groupId),
    );
  });

  it('10018 has the topics asked for in parts that are halved until they fit', async () => {
    const app = world.simulator.app();
    const { groupId } = app.createCommunity({ topics: 70 });
    const sizes: number[] = [];
    answer = ({ body }) => {
      if (body['ResponseFilter']) return undefined;
      const ids = body['TopicIdList'] as string[] | undefined;
      if (ids) sizes.push(ids.length);
      return !ids || ids.length > 20 ? refusal(10018) : undefined;
    };
    expect(await sync(parts, [groupId])).toEqual([]);
    expect(sizes).toEqual([50, 25, 13, 13, 13, 13, 13, 5]);
    expect(mirroredTopics(await world.itemsOf(parts.app.sdkAppId, groupId))).toEqual(
      ofGroup(appTopics(app), groupId),
    );
    expect(await stampOf(groupId)).toMatchObject({ topicCount: 70, run: { outcome: 'synced' } });
  });

  it('that ends the run halts it once a second community confirms it, names the reason, and lets later messages go without a call', async () => {
    const { catalog } = meteredCatalog(parts);
    await catalog.openRun({ runId: RUN, startedAt: RUN, limit: 10_000 });
    const [first, other, second] = [take(), take(), take()];
    answer = () => refusal(60020);
    expect(await sync(parts, [first])).toEqual([]);
    expect((await catalog.readRun(RUN))?.haltedBy).toBeUndefined();
    expect(await sync(parts, [first, other])).toEqual([]);
    expect((await catalog.readRun(RUN))?.haltedBy).toMatchObject({
      code: 60020,
      message: expect.stringContaining('60020'),
    });
    expect(lines('run.halted')).toMatchObject([{ level: 'error', runId: RUN, code: 60020 }]);

    const calls = callCount();
    answer = () => undefined;
    expect(await sync(parts, [second])).toEqual([]);
    expect(callCount()).toBe(calls);
    expect(lines('community.skipped')).toMatchObject([{ runId: RUN, groupId: second }]);
    expect(await sync(parts, [second], NEXT_RUN)).toEqual([]);
    expect(callCount()).toBe(calls + 1);
  });

  it('that is malformed alike in twenty communities, and read in none, halts the run and says so once', async () => {
    const { catalog } = meteredCatalog(parts);
    await catalog.openRun({ runId: RUN, startedAt: RUN, limit: 10_000 });
    answer = () => ({ body: '{"ActionStatus":"OK","ErrorCode":0,"TopicAndSelfInfo":[{"ErrorCode":0}]}' });
    const failing = Array.from({ length: 20 }, take);
    await sync(parts, failing.slice(0, 19));
    expect((await catalog.readRun(RUN))?.haltedBy).toBeUndefined();
    await sync(parts, failing.slice(19));
    expect((await catalog.readRun(RUN))?.haltedBy?.message).toMatch(
      /^no community's answer can be read: get_topic of .*malformed answer, TopicAndSelfInfo\[0\].TopicInfo: missing/,
    );
    expect(lines('run.halted')).toHaveLength(1);
    answer = () => undefined;
    expect(await sync(parts, [take()])).toEqual([]);
    expect(lines('community.skipped')).toHaveLength(1);
  });

  it('that is malformed in twenty communities halts nothing once another has been answered', async () => {
    const { catalog } = meteredCatalog(parts);
    await catalog.openRun({ runId: RUN, startedAt: RUN, limit: 10_000 });
    await sync(parts, [take()]);
    answer = () => ({ body: '{"ActionStatus":"OK","ErrorCode":0,"TopicAndSelfInfo":[{"ErrorCode":0}]}' });
    await sync(parts, Array.from({ length: 21 }, take));
    expect((await catalog.readRun(RUN))?.haltedBy).toBeUndefined();
    expect(lines('community.failed')).toHaveLength(21);
  });

  it('that says the key is wrong halts the run too, and no key or signature is logged', async () => {
    const secretKey = 'not-the-key-of-this-app';
    const { sdkAppId, identifier } = world.simulator.defaults;
    const chat = unpacedChat(world.simulator, world.url, {}, { sdkAppId, identifier, secretKey });
    const { catalog } = meteredCatalog(parts);
    await catalog.openRun({ runId: RUN, startedAt: RUN, limit: 10_000 });
    await sync({ ...parts, chat }, [take(), take()]);
    expect((await catalog.readRun(RUN))?.haltedBy).toMatchObject({ code: 70003 });
    expect(JSON.stringify(world.log)).not.toContain(secretKey);
    expect(JSON.stringify(world.log)).not.toMatch(/usersig=|eJ[\w*-]{40,}/);
  });
});

describe('a topic that is absent', () => {
  /** A community whose first topic has been deleted since the first night. */
  async function withDeleted(): Promise<{ groupId: string; topicId: string }> {
    const groupId = take();
    await sync(parts, [groupId], RUN);
    const [gone] = world.simulator.app().topics(groupId) as [Topic];
    world.simulator.app().deleteTopic(groupId, gone.TopicId);
    return { groupId, topicId: gone.TopicId };
  }
  const byId = (wrong: ReturnType<Intercept>) => {
    answer = ({ body }) => (body['TopicIdList'] ? wrong : undefined);
  };

  it('is asked for by its id, in one call a community, and each night anew while it is missing', async () => {
    const { groupId, topicId } = await withDeleted();
    const asked: unknown[] = [];
    answer = ({ body }) => void asked.push(body['TopicIdList']);
    await sync(parts, [groupId], NEXT_RUN);
    await sync(parts, [groupId], '2026-11-24T02:00:00.000Z');
    expect(asked).toEqual([undefined, [topicId], undefined, [topicId]]);
    expect((await topicsOf(groupId))[topicId]).toMatchObject({
      confirmedCode: 110003,
      confirmedRunId: '2026-11-24T02:00:00.000Z',
    });
  });

  it('is asked for in fifties when there are more', async () => {
    const app = world.simulator.app();
    const { groupId } = app.createCommunity({ topics: 120 });
    await sync(parts, [groupId], RUN);
    for (const { TopicId } of app.topics(groupId)) app.deleteTopic(groupId, TopicId);
    const sizes: number[] = [];
    answer = ({ body }) => {
      if (body['TopicIdList']) sizes.push((body['TopicIdList'] as string[]).length);
      return undefined;
    };
    await sync(parts, [groupId], NEXT_RUN);
    expect(sizes).toEqual([50, 50, 20]);
    expect(await stampOf(groupId)).toMatchObject({ deletions: { confirmed: 120 }, missingCount: 120 });
  });

  it('is there after all when its id is answered, and the digest does not say otherwise', async () => {
    const groupId = take();
    const app = world.simulator.app();
    await sync(parts, [groupId], RUN);
    const [hidden, ...others] = app.topics(groupId) as [Topic, ...Topic[]];
    const listed = others.map((info) => ({ ErrorCode: 0, TopicInfo: info }));
    const body = JSON.stringify(
      { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', TopicAndSelfInfo: listed },
      text,
    );
    answer = (call) => (call.body['TopicIdList'] ? undefined : { body });
    await sync(parts, [groupId], NEXT_RUN);
    expect((await topicsOf(groupId))[hidden.TopicId]).toMatchObject({ status: 'active' });
    const stamp = await stampOf(groupId);
    expect(stamp).toMatchObject({ topicCount: 4, missingCount: 0 });
    expect(stamp).not.toHaveProperty('digest');
  });

  it.each([11000, 10007, 10015, 10010])(
    'is missing, for a reason, when %i is the answer as a whole to its id',
    async (code) => {
      const { groupId, topicId } = await withDeleted();
      byId(refusal(code));
      expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([]);
      const topic = (await topicsOf(groupId))[topicId];
      expect(topic).toMatchObject({
        status: 'missing',
        missingReason: `get_topic answers ${code} when it is asked for`,
      });
      expect(topic).not.toHaveProperty('confirmedAt');
      expect(await stampOf(groupId)).toMatchObject({ missingCount: 1, run: { outcome: 'synced' } });
    },
  );

  it.each([
    ['an empty list', { body: '{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"","TopicAndSelfInfo":[]}' }],
    ['no list', { body: '{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}' }],
    ['a list of other topics', 'others'],
    ['elements that name no topic', { body: '{"ErrorCode":0,"TopicAndSelfInfo":[{"ErrorCode":10010}]}' }],
  ])('is missing, for a reason, when its id is answered by %s', async (_what, wrong) => {
    const { groupId, topicId } = await withDeleted();
    byId(typeof wrong === 'string' ? { body: elements(groupId, {}) } : wrong);
    await sync(parts, [groupId], NEXT_RUN);
    expect((await topicsOf(groupId))[topicId]).toMatchObject({
      status: 'missing',
      missingReason: expect.stringMatching(
        /^(the answer to its id does not name it|get_topic's answer cannot be read when it is asked for)$/,
      ),
    });
    expect(await stampOf(groupId)).toMatchObject({ missingCount: 1, run: { outcome: 'synced' } });
  });

  it.each([
    ['10002', refusal(10002)],
    ['10006', refusal(10006)],
    ['HTTP 502', { status: 502, body: '<html>bad gateway' }],
    ['a lost connection', { destroySocket: true }],
  ])(
    'brings the record back when its id is answered by %s; the next delivery confirms it',
    async (_, wrong) => {
      const { groupId, topicId } = await withDeleted();
      byId(wrong);
      expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([0]);
      expect((await topicsOf(groupId))[topicId]).toMatchObject({ status: 'active' });
      expect(await stampOf(groupId)).toMatchObject({
        lastError: expect.any(String),
        run: { id: NEXT_RUN, outcome: 'failed' },
      });
      answer = () => undefined;
      expect(await sync(parts, [groupId], NEXT_RUN)).toEqual([]);
      expect((await topicsOf(groupId))[topicId]).toMatchObject({ status: 'missing', confirmedCode: 110003 });
      expect(await stampOf(groupId)).toMatchObject({ run: { outcome: 'synced' } });
    },
  );

  it('halts the run when its id is answered by what ends every run', async () => {
    const { catalog } = meteredCatalog(parts);
    const { groupId, topicId } = await withDeleted();
    await catalog.openRun({ runId: NEXT_RUN, startedAt: NEXT_RUN, limit: 10_000 });
    const another = await withDeleted();
    byId(refusal(60020));
    expect(await sync(parts, [groupId, another.groupId], NEXT_RUN)).toEqual([]);
    expect((await catalog.readRun(NEXT_RUN))?.haltedBy).toMatchObject({ code: 60020 });
    expect((await topicsOf(groupId))[topicId]).toMatchObject({ status: 'active' });
  });

  it('is not asked for any more once it is a tombstone', async () => {
    const { groupId, topicId } = await withDeleted();
    await sync(parts, [groupId], NEXT_RUN);
    const judgedAt = new Date().toISOString();
    await deliver(
      parts,
      communityMessage(parts, groupId, { runId: NEXT_RUN, reason: 'confirmed', judgedAt }),
    );
    expect((await topicsOf(groupId))[topicId]).toMatchObject({ status: 'deleted' });
    expect(lines('community.tombstoned')).toMatchObject([{ groupId, deleted: 1, calls: 0 }]);
    const calls = callCount();
    await sync(parts, [groupId], '2026-11-24T02:00:00.000Z');
    expect(callCount()).toBe(calls + 1);
    expect(await stampOf(groupId)).toMatchObject({ run: { outcome: 'unchanged' } });
  });
});

describe('a batch', () => {
  it('fails a message that cannot be read alone, and one of another app, without a call for either', async () => {
    const groupId = take();
    const calls = callCount();
    const foreign = communityMessage({ app: { ...parts.app, sdkAppId: 1 } }, groupId);
    const newer = { ...communityMessage(parts, groupId), v: 2 };
    expect(await deliver(parts, 'no JSON', foreign, communityMessage(parts, groupId), newer, {})).toEqual([
      0, 1, 3, 4,
    ]);
    expect(callCount()).toBe(calls + 1);
    expect(await stampOf(groupId)).toMatchObject({ run: { outcome: 'synced' } });
    expect(lines('record.failed')).toMatchObject([
      { messageId: 'message-0', receives: 1, error: 'UnreadableMessageError' },
      { messageId: 'message-1', runId: RUN, groupId, message: expect.stringContaining('app 1') },
      { messageId: 'message-3' },
      { messageId: 'message-4' },
    ]);
  });

  it('syncs ten communities at once', async () => {
    const ten = Array.from({ length: 10 }, take);
    expect(await sync(parts, ten)).toEqual([]);
    const outcomes = await Promise.all(ten.map(async (groupId) => (await stampOf(groupId))?.['run']));
    expect(outcomes).toMatchObject(Array(10).fill({ outcome: 'synced' }));
  });

  it('fails whole records, none of them silently, when the table is out of reach', async () => {
    const [first, second] = [take(), take()];
    const result = await on(createLifeline({ at: 0, mode: 'before' }), () => sync(parts, [first, second]));
    expect(result).toEqual([0, 1]);
    expect(lines('record.failed')).toHaveLength(2);
  });

  it('hands records back in good time when the function is about to end', async () => {
    const groupId = take();
    answer = () => ({ delayMs: 3_000 });
    const startedAt = performance.now();
    const { batchItemFailures } = await invokeSync(
      parts,
      sqsEvent(communityMessage(parts, groupId)),
      lambdaContext(10_300),
    );
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await stampOf(groupId)).toMatchObject({ run: { outcome: 'failed' } });
  });
});

describe('the log', () => {
  it('has one line a community with its ids, its counts, its calls and its duration', async () => {
    const groupId = take();
    const count = world.simulator.app().topics(groupId).length;
    await sync(parts, [groupId]);
    expect(world.log).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        level: 'info',
        event: 'community.synced',
        sdkAppId: world.simulator.defaults.sdkAppId,
        requestId: expect.any(String),
        runId: RUN,
        groupId,
        outcome: 'synced',
        active: count,
        baseline: count,
        created: 0,
        updated: 0,
        restored: 0,
        deleted: 0,
        missing: 0,
        confirmed: 0,
        messageTopics: 0,
        newMessages: 0,
        calls: 1,
        retries: 0,
        rateLimited: 0,
        durationMs: expect.any(Number),
      },
    ]);
  });

  it('names the code of a community that was skipped', async () => {
    const groupId = take();
    answer = () => refusal(10015);
    await sync(parts, [groupId]);
    expect(lines('community.synced')).toMatchObject([
      {
        level: 'warn',
        runId: RUN,
        groupId,
        outcome: 'failed',
        code: 10015,
        message: expect.stringContaining('10015'),
      },
    ]);
    // The client's own line, for metrics: the client is shared, and the line names the community all the same.
    expect(lines('api.error').length + 1).toBe(world.log.length);
    const requestId = lines('community.synced')[0]?.['requestId'];
    expect(requestId).toEqual(expect.any(String));
    expect(lines('api.error')).toMatchObject([{ requestId, runId: RUN, groupId, code: 10015 }]);
  });

  it('names the community of a record that comes back', async () => {
    const groupId = take();
    answer = () => refusal(10002);
    await sync(parts, [groupId]);
    expect(lines('community.failed')).toMatchObject([
      {
        level: 'warn',
        runId: RUN,
        groupId,
        error: 'ApiError',
        calls: 2,
        retries: 1,
        durationMs: expect.any(Number),
      },
    ]);
  });

  it('names the invocation that throws', async () => {
    const own: LogLine[] = [];
    const logger = createLogger((line) => own.push(JSON.parse(line) as LogLine));
    const handler = createSyncCommunityHandler({ ...parts, logger });
    const context = lambdaContext();
    await expect(handler({} as never, context)).rejects.toThrow();
    expect(own).toMatchObject([
      { level: 'error', event: 'invocation.failed', requestId: context.awsRequestId },
    ]);
  });
});

function isStore(name: string): boolean {
  return name.endsWith('Command');
}

async function stampOf(groupId: string): Promise<Record<string, unknown> | undefined> {
  const items = await world.itemsOf(parts.app.sdkAppId, groupId);
  return items.find(({ itemType }) => itemType === 'community');
}

async function topicsOf(groupId: string): Promise<Record<string, Record<string, unknown>>> {
  const items = await world.itemsOf(parts.app.sdkAppId, groupId);
  const topics = items.filter(({ itemType }) => itemType === 'topic');
  return Object.fromEntries(topics.map((item) => [String(item['topicId']), item]));
}

function detailsOf({ topicName, introduction, customString }: Record<string, unknown> = {}) {
  return { topicName, introduction, customString };
}

function ofGroup<T>(topics: Record<string, T>, groupId: string): Record<string, T> {
  return Object.fromEntries(Object.entries(topics).filter(([key]) => key.startsWith(`${groupId} `)));
}

function lines(event: string): LogLine[] {
  return world.log.filter((line) => line.event === event);
}

function callCount(): number {
  return world.simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
}

function refusal(ErrorCode: number) {
  return { body: JSON.stringify({ ActionStatus: 'FAIL', ErrorCode, ErrorInfo: 'as the test wants it' }) };
}

// In Node 24, not yet in TypeScript's library.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(String(value)) : value;
}

/** The answer for a community in which some topics have an error of their own. */
function elements(groupId: string, codes: Record<string, number>): string {
  const TopicAndSelfInfo = world.simulator
    .app()
    .topics(groupId)
    .map((info) => {
      const ErrorCode = codes[info.TopicId] ?? 0;
      return { ErrorCode, TopicInfo: ErrorCode ? { TopicId: info.TopicId } : info };
    });
  return JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', TopicAndSelfInfo }, text);
}

/** An answer with every topic of a community, as the API could spell it. */
function oddly(groupId: string, edit: (info: Topic, nth: number) => object) {
  const topics = world.simulator.app().topics(groupId);
  const TopicAndSelfInfo = topics.map((info, nth) => ({ ErrorCode: 0, TopicInfo: edit(info, nth) }));
  return { body: JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, TopicAndSelfInfo }) };
}
