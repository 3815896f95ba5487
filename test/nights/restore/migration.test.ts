import { afterAll, beforeAll, describe, expect, it, jest, test } from '@jest/globals';
import { carried, jsonLines, openRestoreScene, type RestoreScene } from '../../cli/restore/scene.ts';
import { cleanUp, topicMirror } from '../../cli/topicMirror.ts';

jest.setTimeout(120_000);

const OTHER = 1_400_000_009;
const KEY = 'another key';
const COMMUNITIES = 50;
const TOPICS = 20;

let scene: RestoreScene;
let groups: string[];
let env: Record<string, string>;

beforeAll(async () => {
  const otherApps = [{ sdkAppId: OTHER, secretKey: KEY, communities: 0 }];
  scene = await openRestoreScene({ communities: 0, otherApps });
  const [app, other] = [scene.simulator.app(), scene.simulator.app(OTHER)];
  groups = Array.from({ length: COMMUNITIES }, (_, nth) => `@TGS#_moved${nth}`);
  for (const groupId of groups) {
    app.createCommunity({ groupId, topics: TOPICS });
    other.createCommunity({ groupId });
  }
  await scene.sync();
  env = {
    ...scene.env,
    TENCENT_CHAT_TARGET_SECRET_KEY: KEY,
    TENCENT_CHAT_TARGET_ENDPOINT: scene.env['TENCENT_CHAT_ENDPOINT'] ?? '',
  };
});

afterAll(async () => {
  cleanUp();
  await scene.close();
});

const byName = (groupId: string, sdkAppId?: number) =>
  scene.simulator
    .app(sdkAppId)
    .topics(groupId)
    .map(carried)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('the topics of a whole app', () => {
  it('are copied into the same communities of another, with a report of what does not come with them', async () => {
    const args = ['restore', '--to-app', String(OTHER), '--live', '--yes', '--format', 'jsonl'];
    const { exitCode, stdout, stderr } = await topicMirror(args, env);
    const records = jsonLines(stdout);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(records).toHaveLength(COMMUNITIES * TOPICS);
    for (const groupId of groups) expect(byName(groupId, OTHER)).toEqual(byName(groupId));
    const app = scene.simulator.app();
    for (const { groupId, topicId, newTopicId, notCarried } of records as Record<string, string>[]) {
      const topic = app.topics(groupId ?? '').find(({ TopicId }) => TopicId === topicId);
      const isMadeUp = topicId?.includes('@TOPIC#_@TOPIC#');
      expect(newTopicId === topicId).toBe(!isMadeUp);
      const lost = (notCarried as unknown as { field: string; value: unknown }[]).map(({ field }) => field);
      expect(lost.includes('muteAllMember')).toBe(topic?.MuteAllMember === 'On');
      expect(lost.includes('nextMsgSeq')).toBe((topic?.NextMsgSeq ?? 1) > 1);
    }
  });

  it('are not copied twice, and the mapping names each', async () => {
    const args = ['restore', '--to-app', String(OTHER), '--all', '--yes'];
    const { exitCode, stdout } = await topicMirror(args, env);
    expect(stdout).toContain(`${COMMUNITIES * TOPICS} put back before`);
    expect(exitCode).toBe(0);
    for (const groupId of groups) expect(byName(groupId, OTHER)).toHaveLength(TOPICS);
    const mappings = await scene.records('restore', '--mappings');
    expect(mappings).toHaveLength(COMMUNITIES * TOPICS);
    const ids = mappings.map(({ newTopicId }) => newTopicId);
    expect(new Set(ids).size).toBe(COMMUNITIES * TOPICS);
    const there = groups.flatMap((groupId) => scene.simulator.app(OTHER).topics(groupId));
    expect(new Set(ids)).toEqual(new Set(there.map(({ TopicId }) => TopicId)));
    expect(mappings[0]).toMatchObject({ toApp: OTHER, state: 'done' });
  });
});

test('a night of the other app mirrors what was copied, and verify finds no difference', async () => {
  const theirs = { ...scene.env, TENCENT_CHAT_SDK_APP_ID: String(OTHER), TENCENT_CHAT_SECRET_KEY: KEY };
  const night = await topicMirror(['sync', '--json'], theirs);
  expect(JSON.parse(night.stdout)).toMatchObject({
    status: 'COMPLETE',
    topics: { active: COMMUNITIES * TOPICS, baseline: COMMUNITIES * TOPICS },
  });
  const verified = await topicMirror(['verify', '--all', '--share', '1', '--format', 'json'], theirs);
  expect(verified).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(verified.stdout)).toEqual([]);
  // What cannot be carried is the difference between the two apps, and the only one.
  const fields = ['topicName', 'introduction', 'notification', 'faceUrl', 'customString', 'createTime'];
  const carriedIn = (records: Record<string, unknown>[]) =>
    records.map((record) => JSON.stringify(fields.map((field) => record[field] || ''))).sort();
  const copies = jsonLines(
    (await topicMirror(['topics', '--app', String(OTHER), '--format', 'jsonl'], theirs)).stdout,
  );
  expect(carriedIn(copies)).toEqual(carriedIn(await scene.records('topics')));
});

describe('the topics of one community', () => {
  it('are copied into another, custom ids behind its own; the next night creates them there and restores none', async () => {
    const app = scene.simulator.app();
    const [from = ''] = groups;
    app.createTopic(from, { TopicId: `${from}@TOPIC#_news`, TopicName: 'News', CreateTime: 1_500_000_000 });
    app.createCommunity({ groupId: '@TGS#_new' });
    await scene.sync();
    const records = await scene.records(
      'restore',
      '--group',
      from,
      '--to-group',
      '@TGS#_new',
      '--live',
      '--yes',
    );
    expect(records).toHaveLength(TOPICS + 1);
    expect(records).toContainEqual(
      expect.objectContaining({ topicId: `${from}@TOPIC#_news`, newTopicId: '@TGS#_new@TOPIC#_news' }),
    );
    expect(byName('@TGS#_new')).toEqual(byName(from));
    expect(await scene.sync()).toMatchObject({ topics: { created: TOPICS + 1, restored: 0, updated: 0 } });
  });

  it('are copied as they are now: one that was put back under another id is not copied twice', async () => {
    const app = scene.simulator.app();
    app.createCommunity({ groupId: '@TGS#_old' });
    app.createCommunity({ groupId: '@TGS#_copy' });
    const { TopicId } = app.createTopic('@TGS#_old', { TopicName: 'Chat', CreateTime: 1_500_000_000 });
    await scene.sync();
    app.deleteTopic('@TGS#_old', TopicId);
    await scene.sync();
    await scene.run('restore', '--group', '@TGS#_old', '--yes');
    await scene.sync();
    await scene.run('restore', '--group', '@TGS#_old', '--to-group', '@TGS#_copy', '--all', '--yes');
    expect(byName('@TGS#_copy')).toEqual(byName('@TGS#_old'));
  });
});
