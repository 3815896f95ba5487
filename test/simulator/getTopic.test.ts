import { describe, expect, it } from '@jest/globals';
import { GET, someCommunity, start, topicIdsOf } from './support.ts';

describe('get_topic', () => {
  it('answers all topics of a community when none are named', async () => {
    const { simulator, getTopic } = await start({ quirks: false });
    const groupId = someCommunity(simulator, 5);
    const answer = await getTopic(groupId);
    expect(answer).toMatchObject({ ActionStatus: 'OK', ErrorInfo: 'ok', ErrorCode: 0 });
    expect(answer.TopicAndSelfInfo.map((element) => element.TopicInfo)).toEqual(
      simulator.app().topics(groupId),
    );
    expect(answer.TopicAndSelfInfo[0]).toMatchObject({
      ErrorCode: 0,
      ErrorInfo: 'ok',
      SelfInfo: { ShutUpTime: 0, MsgSeq: expect.any(Number), MsgFlag: 'AcceptAndNotify' },
    });
    expect(await getTopic(groupId, { TopicIdList: [] })).toEqual(answer);
  });

  it('answers an empty array for a community without topics', async () => {
    const { simulator, getTopic } = await start();
    const { groupId } = simulator.app().createCommunity();
    expect(await getTopic(groupId)).toMatchObject({ ErrorCode: 0, TopicAndSelfInfo: [] });
  });

  it('answers the named topics in the order asked, failing only those that are gone', async () => {
    const { simulator, getTopic } = await start();
    const app = simulator.app();
    const groupId = someCommunity(simulator, 3);
    const [first, second, third] = app.topics(groupId).map(({ TopicId }) => TopicId) as [
      string,
      string,
      string,
    ];
    app.deleteTopic(groupId, second);
    const unknown = `${groupId}@TOPIC#_never`;
    const answer = await getTopic(groupId, { TopicIdList: [third, second, unknown, first] });
    expect(answer).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 });
    expect(topicIdsOf(answer)).toEqual([third, second, unknown, first]);
    expect(answer.TopicAndSelfInfo.map(({ ErrorCode }) => ErrorCode)).toEqual([0, 110003, 10010, 0]);
    expect(answer.TopicAndSelfInfo[1]?.TopicInfo).toEqual({ GroupID: groupId, TopicId: second });
  });

  it('keeps only the filtered fields, beside TopicId, GroupID and SelfInfo', async () => {
    const { simulator, getTopic } = await start({ quirks: false });
    const groupId = someCommunity(simulator);
    const ResponseFilter = ['TopicName', 'MuteAllMember', 'NoSuchField'];
    const [element] = (await getTopic(groupId, { ResponseFilter })).TopicAndSelfInfo;
    expect(Object.keys(element?.TopicInfo ?? {}).sort()).toEqual([
      'GroupID',
      'MuteAllMember',
      'TopicId',
      'TopicName',
    ]);
    expect(element?.SelfInfo).toBeDefined();
  });

  it('filters the mute state under whichever name a community uses', async () => {
    const { simulator, getTopic } = await start();
    const topics = [...simulator.app().state()].flatMap((state) => state.topics);
    const quirky = topics.find((topic) => topic.ShutUpAllFlag !== undefined);
    const [element] = (await getTopic(quirky?.GroupID as string, { ResponseFilter: ['MuteAllMember'] }))
      .TopicAndSelfInfo;
    expect(Object.keys(element?.TopicInfo ?? {}).sort()).toEqual(['GroupID', 'ShutUpAllFlag', 'TopicId']);
  });

  it('at times has an empty ErrorInfo in an element, or none', async () => {
    const { simulator, getTopic } = await start();
    const answers = await Promise.all(
      simulator
        .app()
        .communityIds()
        .map((groupId) => getTopic(groupId)),
    );
    const infos = answers
      .flatMap((answer) => answer.TopicAndSelfInfo ?? [])
      .map(({ ErrorInfo }) => ErrorInfo);
    expect(new Set(infos)).toEqual(new Set(['ok', '', undefined]));
  });

  it.each([
    ['no From_Account', { From_Account: undefined }, 10004],
    ['a From_Account that is a number', { From_Account: 1_400_187_352 }, 60015],
    ['no GroupId', { GroupId: undefined }, 10004],
    ['an empty GroupId', { GroupId: '' }, 10004],
    ['a GroupId that cannot be one', { GroupId: `@TGS#_${'x'.repeat(60)}` }, 10015],
    ['a GroupId that never existed', { GroupId: '@TGS#_@TGS#cNEVER' }, 10010],
    ['a TopicIdList that is no array', { TopicIdList: 'x' }, 10004],
    ['a TopicIdList of numbers', { TopicIdList: [1] }, 10004],
    ['a ResponseFilter that is no array', { ResponseFilter: 'TopicName' }, 10004],
  ])('refuses %s', async (_what, change, code) => {
    const { simulator, call } = await start();
    const body = { GroupId: someCommunity(simulator), From_Account: 'someone', ...change };
    expect((await call(GET, body)).ErrorCode).toBe(code);
  });

  it('names the wrong field in ErrorInfo', async () => {
    const { simulator, call } = await start();
    expect((await call(GET, { GroupId: someCommunity(simulator) })).ErrorInfo).toContain('From_Account');
  });

  it('is 10010 for a disbanded community and 10007 for a group of another type', async () => {
    const { simulator, getTopic } = await start();
    const app = simulator.app();
    const groupId = someCommunity(simulator);
    app.disbandCommunity(groupId);
    expect((await getTopic(groupId)).ErrorCode).toBe(10010);
    expect((await getTopic(app.groupIds('Public')[0] as string)).ErrorCode).toBe(10007);
  });

  it('is 11000 without topic support, of the community or of the whole app', async () => {
    const { simulator, getTopic } = await start();
    const app = simulator.app();
    const groupId = someCommunity(simulator);
    app.setTopicSupport(groupId, false);
    expect((await getTopic(groupId)).ErrorCode).toBe(11000);
    app.setTopicSupport(groupId, true);
    app.setCommunityFeature(false);
    expect((await getTopic(groupId)).ErrorCode).toBe(11000);
    app.setCommunityFeature(true);
    expect((await getTopic(groupId)).ErrorCode).toBe(0);
  });

  it('is 10018 above 1 MB, and a part of the topics still comes', async () => {
    const { simulator, getTopic } = await start();
    const app = simulator.app();
    const { groupId } = app.createCommunity({ topics: 200 });
    const ids = app.topics(groupId).map(({ TopicId }) => TopicId);
    for (const topicId of ids) app.editTopic(groupId, topicId, { CustomString: '\u0001'.repeat(1000) });
    expect((await getTopic(groupId)).ErrorCode).toBe(10018);
    expect((await getTopic(groupId, { TopicIdList: ids.slice(0, 100) })).TopicAndSelfInfo).toHaveLength(100);
  });
});
