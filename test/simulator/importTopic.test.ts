import { describe, expect, it } from '@jest/globals';
import { IMPORT, IMPORT_OTHER, type Running, someCommunity, start } from './support.ts';

const NOW = 1_760_000_000_500;

/** A running simulator and an import into an empty community, with some fields changed. */
async function startWithCommunity(options = {}) {
  const server: Running = await start({ communities: 20, ...options });
  const app = server.simulator.app();
  const { groupId } = app.createCommunity({ groupId: '@TGS#_target' });
  const importTopic = (change: object = {}, path = IMPORT) =>
    server.call(path, { GroupId: groupId, TopicName: 'Back again', ...change });
  return { ...server, app, groupId, importTopic };
}

describe('import_topic', () => {
  it('puts a topic back with its texts, its custom id and its CreateTime', async () => {
    const { app, groupId, importTopic } = await startWithCommunity();
    const fields = {
      TopicId: `${groupId}@TOPIC#_general`,
      TopicName: '闲聊灌水区',
      Introduction: 'intro',
      Notification: 'note',
      FaceUrl: 'https://example.com/a.png',
      CustomString: '{"a":1}',
      CreateTime: 1_448_357_837,
    };
    const answer = await importTopic({ ...fields, Type: 'Community', From_Account: 'someone' });
    expect(answer).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0, TopicId: fields.TopicId });
    expect(app.topics(groupId)).toEqual([
      { ...fields, GroupID: groupId, NextMsgSeq: 1, LastMsgTime: 0, MuteAllMember: 'Off' },
    ]);
  });

  it('gives a default-style id and the present time when they are not given', async () => {
    const { app, groupId, importTopic, getTopic } = await startWithCommunity({ now: () => NOW });
    // The clock stands at NOW, when a UserSig of today is not yet expired.
    const { TopicId } = await importTopic();
    const second = await importTopic();
    expect(TopicId).toMatch(/^@TGS#_target@TOPIC#_@TOPIC#c[A-Z2-7]+$/);
    expect(second.TopicId).not.toBe(TopicId);
    expect(app.topics(groupId)[0]?.CreateTime).toBe(1_760_000_000);
    expect((await getTopic(groupId)).TopicAndSelfInfo).toHaveLength(2);
  });

  it('cannot set what Tencent does not let one import', async () => {
    const { app, groupId, importTopic } = await startWithCommunity();
    await importTopic({ MuteAllMember: 'On', NextMsgSeq: 99, LastMsgTime: 5, Invented: 1 });
    const [topic] = app.topics(groupId);
    expect(topic).toMatchObject({ MuteAllMember: 'Off', NextMsgSeq: 1, LastMsgTime: 0 });
    expect(topic).not.toHaveProperty('Invented');
  });

  it('is served on both documented paths, unless one is switched off', async () => {
    const both = await startWithCommunity();
    expect((await both.importTopic({}, IMPORT_OTHER)).ErrorCode).toBe(0);
    const one = await startWithCommunity({ importTopicServices: ['million_group_open_http_svc'] });
    expect((await one.importTopic({}, IMPORT)).ErrorCode).toBe(10003);
    expect((await one.importTopic({}, IMPORT_OTHER)).ErrorCode).toBe(0);
  });

  it.each([
    ['TopicName', 30],
    ['Introduction', 240],
    ['Notification', 300],
    ['FaceUrl', 100],
    ['CustomString', 3000],
  ])('takes %s up to its limit in bytes of UTF-8 and names it beyond', async (field, bytes) => {
    const { importTopic } = await startWithCommunity();
    const longest = '字'.repeat(bytes / 3).padEnd(bytes - 2 * Math.floor(bytes / 3), 'x');
    expect(Buffer.byteLength(longest)).toBe(bytes);
    expect((await importTopic({ [field]: longest })).ErrorCode).toBe(0);
    const refused = await importTopic({ [field]: `${longest}x` });
    expect(refused).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 10004 });
    expect(refused.ErrorInfo).toContain(field);
  });

  it.each([
    ['no TopicName', { TopicName: undefined }, 10004],
    ['an empty TopicName', { TopicName: '' }, 10004],
    ['no GroupId', { GroupId: undefined }, 10004],
    ['another Type', { Type: 'Public' }, 10004],
    ['a CreateTime in milliseconds', { CreateTime: 1_448_357_837_000 }, 10004],
    ['a community that never existed', { GroupId: '@TGS#_none' }, 10010],
    ['an id that is not printable ASCII', { GroupId: '@TGS#_é' }, 10015],
    ['a default-style TopicId', { TopicId: '@TGS#_target@TOPIC#_@TOPIC#cRTE3HIM62C5' }, 10004],
    ['a TopicId of another community', { TopicId: '@TGS#_other@TOPIC#_general' }, 10004],
    ['a TopicId without a custom part', { TopicId: '@TGS#_target@TOPIC#_' }, 10004],
    ['a TopicId with a group prefix in its part', { TopicId: '@TGS#_target@TOPIC#_a@TGS#_b' }, 10004],
    ['a TopicId that is not ASCII', { TopicId: '@TGS#_target@TOPIC#_é' }, 10004],
    ['a TopicId of 97 bytes', { TopicId: '@TGS#_target@TOPIC#_'.padEnd(97, 'x') }, 10004],
  ])('refuses %s', async (_what, change, code) => {
    const { importTopic } = await startWithCommunity();
    expect((await importTopic(change)).ErrorCode).toBe(code);
  });

  it('takes a TopicId of 96 bytes with spaces and signs', async () => {
    const { importTopic } = await startWithCommunity();
    expect((await importTopic({ TopicId: '@TGS#_target@TOPIC#_a b#c@d'.padEnd(96, '~') })).ErrorCode).toBe(0);
  });

  it('is 10021 for an id in use, but brings a deleted custom id back to life', async () => {
    const { app, groupId, importTopic, getTopic } = await startWithCommunity();
    const TopicId = `${groupId}@TOPIC#_general`;
    await importTopic({ TopicId });
    expect((await importTopic({ TopicId })).ErrorCode).toBe(10021);
    app.deleteTopic(groupId, TopicId);
    expect((await getTopic(groupId, { TopicIdList: [TopicId] })).TopicAndSelfInfo[0]?.ErrorCode).toBe(110003);
    expect((await importTopic({ TopicId })).ErrorCode).toBe(0);
    expect((await getTopic(groupId, { TopicIdList: [TopicId] })).TopicAndSelfInfo[0]?.ErrorCode).toBe(0);
  });

  it('is 10010, 10007 or 11000 for a community that cannot take topics', async () => {
    const { app, simulator, importTopic } = await startWithCommunity();
    const [gone, mute] = [someCommunity(simulator), '@TGS#_mute'];
    app.disbandCommunity(gone);
    app.createCommunity({ groupId: mute, supportsTopics: false });
    expect((await importTopic({ GroupId: gone })).ErrorCode).toBe(10010);
    expect((await importTopic({ GroupId: app.groupIds('Public')[0] })).ErrorCode).toBe(10007);
    expect((await importTopic({ GroupId: mute })).ErrorCode).toBe(11000);
  });

  it('is 10037 beyond 200 topics', async () => {
    const { app, importTopic } = await startWithCommunity();
    const { groupId } = app.createCommunity({ topics: 199 });
    expect((await importTopic({ GroupId: groupId })).ErrorCode).toBe(0);
    expect((await importTopic({ GroupId: groupId })).ErrorCode).toBe(10037);
  });
});
