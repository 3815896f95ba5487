import { describe, expect, it } from '@jest/globals';
import { isLoopback } from '../../simulator/http.ts';
import { createSimulatorControl, type TopicInfo } from '../../simulator/index.ts';
import { LIST, start } from './support.ts';

const startWithControl = async (options = {}) => {
  const server = await start(options);
  return { ...server, app: server.simulator.app(), control: createSimulatorControl(server.url) };
};

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe('the control API', () => {
  it('describes the server well enough for a first call', async () => {
    const { url, simulator } = await startWithControl();
    const description = await (await fetch(`${url}/simulator`)).json();
    expect(description).toMatchObject({ apps: [{ ...simulator.defaults, communities: 60, groups: 90 }] });
    expect(JSON.stringify(description)).toContain('POST /v4/million_group_open_http_svc/get_topic');
    expect(JSON.stringify(description)).toContain('POST /simulator/mutate');
  });

  it('streams the whole state, digits beyond 2^53 included', async () => {
    const { app, control } = await startWithControl({ communities: 100 });
    const streamed = await collect(control.state());
    expect(streamed).toEqual([...app.state()]);
    expect(
      streamed.flatMap(({ topics }) => topics).some((topic) => typeof topic['LastEventSeq'] === 'bigint'),
    ).toBe(true);
  });

  it('lists groups by type and the topics of one community', async () => {
    const { app, control, url } = await startWithControl();
    const groupId = app.communityIds()[0] as string;
    expect(await control.groupIds('Public')).toEqual(app.groupIds('Public'));
    expect(await control.groupIds()).toEqual(app.groupIds());
    expect(await control.communityIds()).toEqual(app.communityIds());
    expect(await control.topics(groupId)).toEqual(app.topics(groupId));
    expect((await fetch(`${url}/simulator/groups?type=Nonsense`)).status).toBe(400);
  });

  it('counts calls and forgets them', async () => {
    const { call, control, simulator } = await startWithControl();
    await call(LIST, {});
    expect(await control.stats()).toEqual(simulator.stats());
    expect((await control.stats()).apps[0]?.apis.get_appid_group_list.calls).toBe(1);
    await control.resetStats();
    expect((await control.stats()).apps[0]?.apis.get_appid_group_list.calls).toBe(0);
  });

  it('mutates as the app itself would', async () => {
    const plan = {
      edits: 4,
      deletions: 3,
      creations: 2,
      messages: 2,
      disbandings: 1,
      newCommunities: 1,
      seed: 9,
    };
    const now = () => 1_800_000_000_000;
    const [remote, local] = [await startWithControl({ now }), await startWithControl({ now })];
    expect(await remote.control.mutate(plan)).toEqual(local.app.mutate(plan));
    expect([...remote.app.state()]).toEqual([...local.app.state()]);
  });

  it('makes every single change the app can make', async () => {
    const { app, control, getTopic } = await startWithControl();
    const { groupId } = await control.createCommunity({ groupId: '@TGS#_here', topics: 2 });
    const { TopicId } = await control.createTopic(groupId, { TopicName: 'New' });
    expect(await control.editTopic(groupId, TopicId, { TopicName: 'Edited', Big: 1n << 63n })).toMatchObject({
      TopicName: 'Edited',
      Big: 1n << 63n,
    });
    expect((await control.postMessages(groupId, TopicId, 4)).NextMsgSeq).toBe(5);
    await control.deleteTopic(groupId, (app.topics(groupId)[0] as TopicInfo).TopicId);
    expect(app.topics(groupId)).toHaveLength(2);
    await control.setTopicSupport(groupId, false);
    expect((await getTopic(groupId)).ErrorCode).toBe(11000);
    await control.setTopicSupport(groupId, true);
    await control.setCommunityFeature(false);
    expect((await getTopic(groupId)).ErrorCode).toBe(11000);
    await control.setCommunityFeature(true);
    await control.disbandCommunity(groupId);
    expect((await getTopic(groupId)).ErrorCode).toBe(10010);
  });

  it('works on the app that is selected', async () => {
    const otherApps = [{ sdkAppId: 7, secretKey: 'k', communities: 2 }];
    const { url, simulator, control } = await startWithControl({ otherApps });
    const other = createSimulatorControl(url, 7);
    expect(await other.communityIds()).toEqual(simulator.app(7).communityIds());
    await other.createCommunity({ groupId: '@TGS#_only-there' });
    expect(await control.communityIds()).not.toContain('@TGS#_only-there');
    await expect(createSimulatorControl(url, 8).communityIds()).rejects.toThrow('60006');
  });

  it.each([
    ['an unknown verb', 'toString', {}, 404],
    ['a misspelt field', 'mutate', { edit: 1 }, 400],
    ['a plan the app is too small for', 'mutate', { deletions: 999_999 }, 400],
    ['a missing field', 'delete-topic', { groupId: 'x' }, 400],
    ['a group there is not', 'disband-community', { groupId: '@TGS#_none' }, 400],
  ])('refuses %s with a reason', async (_what, verb, body, status) => {
    const { url } = await startWithControl();
    const response = await fetch(`${url}/simulator/${verb}`, { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: expect.stringMatching(/.{8}/) });
  });

  it('refuses broken JSON, other methods and unknown paths', async () => {
    const { url } = await startWithControl();
    expect((await fetch(`${url}/simulator/mutate`, { method: 'POST', body: '{' })).status).toBe(400);
    expect((await fetch(`${url}/simulator/mutate`, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(`${url}/simulator/nothing`)).status).toBe(404);
  });

  it('is for callers on this machine', () => {
    expect(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
    expect(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '1127.0.0.1', undefined].some(isLoopback)).toBe(
      false,
    );
  });
});
