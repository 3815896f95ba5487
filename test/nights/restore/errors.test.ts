import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openRestoreScene, type RestoreScene } from '../../cli/restore/scene.ts';
import { cleanUp, topicMirror } from '../../cli/topicMirror.ts';

// A command's own start takes seconds on a slow machine.
jest.setTimeout(60_000);

const [TOWN, VILLAGE, GONE] = ['@TGS#_town', '@TGS#_village', '@TGS#_gone'] as const;
const NEWS = `${TOWN}@TOPIC#_news`;

let scene: RestoreScene;

beforeAll(async () => {
  scene = await openRestoreScene({ communities: 2 });
  const app = scene.simulator.app();
  for (const groupId of [TOWN, VILLAGE, GONE]) {
    app.createCommunity({ groupId });
    app.createTopic(groupId, {
      TopicId: `${groupId}@TOPIC#_news`,
      TopicName: 'News',
      CreateTime: 1_500_000_000,
    });
    app.createTopic(groupId, { TopicName: 'Stays' });
  }
  await scene.sync();
  for (const groupId of [TOWN, VILLAGE]) app.deleteTopic(groupId, `${groupId}@TOPIC#_news`);
  app.disbandCommunity(GONE);
  await scene.sync();
});

afterEach(() => {
  for (const { kind } of scene.simulator.faults().state.switches)
    scene.simulator.faults().switch({ kind, on: false });
});

afterAll(async () => {
  cleanUp();
  await scene.close();
});

const refuse = (code: number) =>
  scene.simulator.faults().switch({ kind: `code-${code}`, on: true, api: 'import_topic', groupId: TOWN });

describe('a topic that import_topic refuses', () => {
  it.each([
    [10004, /does not take one of its fields.*by hand with others/],
    [10007, /nobody may import topics into this group.*TENCENT_CHAT_IDENTIFIER/],
    [10010, /the community does not exist any more.*--to-group/],
    [10015, /the community id is not valid in this app.*region/],
    [10037, /the number of topics that the plan allows is reached.*upgrade/],
    [11000, /topics are not enabled.*console/],
    [80001, /the security check refuses the topic's content.*another text/],
    [80005, /the security check of the content timed out.*Repeat/],
  ])(
    'with %i is told in its own words, with a remedy and exit 2; nothing is left in hand',
    async (code, says) => {
      refuse(code);
      const { exitCode, stdout } = await scene.run(
        ...['restore', '--group', TOWN, '--topic', NEWS, '--yes', '--format', 'jsonl'],
      );
      expect(JSON.parse(stdout)).toMatchObject({ topicId: NEWS, outcome: 'failed', code });
      expect(JSON.parse(stdout).message).toMatch(says);
      expect(exitCode).toBe(2);
      expect(scene.simulator.app().topics(TOWN)).toHaveLength(1);
      const [mapping] = await scene.records('restore', '--mappings', '--group', TOWN);
      expect(mapping).toMatchObject({ state: 'begun' });
      expect(mapping).not.toHaveProperty('sentAt');
    },
  );

  it('does not keep the rest of the batch', async () => {
    refuse(80001);
    const records = await scene.records('restore', '--since', '1d', '--yes');
    expect(records).toHaveLength(4);
    expect(records).toContainEqual(
      expect.objectContaining({ groupId: TOWN, outcome: 'failed', code: 80001 }),
    );
    expect(records).toContainEqual(expect.objectContaining({ groupId: VILLAGE, outcome: 'restored' }));
  });

  it('because its community is gone is told so for each topic, without an import for any', async () => {
    scene.simulator.resetStats();
    const records = await scene.records('restore', '--group', GONE, '--yes');
    expect(records).toHaveLength(2);
    for (const record of records)
      expect(record).toMatchObject({
        outcome: 'failed',
        code: 10010,
        message: expect.stringMatching(/--to-group/),
      });
    expect(scene.simulator.stats().apps[0]?.apis.import_topic?.calls ?? 0).toBe(0);
  });

  it('because somebody else has taken the id is told so, and theirs is not touched', async () => {
    const theirs = scene.simulator.app().createTopic(TOWN, { TopicId: NEWS, TopicName: 'Theirs' });
    const [record] = await scene.records('restore', '--group', TOWN, '--topic', NEWS, '--yes');
    expect(record).toMatchObject({ outcome: 'failed', code: 10021 });
    expect(record?.['message']).toMatch(/in use by a topic that no restore has put there.*--to-group/);
    expect(scene.simulator.app().topics(TOWN)).toContainEqual(theirs);
    scene.simulator.app().deleteTopic(TOWN, NEWS);
  });

  it('because the id of a deleted topic is kept back gets another with --new-ids', async () => {
    refuse(10021);
    const [record] = await scene.records('restore', '--group', TOWN, '--topic', NEWS, '--yes');
    expect(record).toMatchObject({
      outcome: 'failed',
      code: 10021,
      message: expect.stringMatching(/--new-ids/),
    });
    scene.simulator.faults().switch({ kind: 'code-10021', on: false });
    const [other] = await scene.records('restore', '--group', TOWN, '--topic', NEWS, '--yes', '--new-ids');
    expect(other).toMatchObject({
      outcome: 'restored',
      newTopicId: expect.stringMatching(/@TOPIC#_@TOPIC#/),
    });
  });
});

describe('topics of one community, when the API does not answer', () => {
  it('are told so, each; the exit code says that it is out of reach', async () => {
    const { exitCode, stdout } = await topicMirror(
      ['restore', '--group', GONE, '--yes', '--format', 'jsonl'],
      {
        ...scene.env,
        TENCENT_CHAT_ENDPOINT: 'http://127.0.0.1:1',
      },
    );
    expect(stdout.match(/"outcome":"failed"/g)).toHaveLength(2);
    expect(exitCode).toBe(3);
  });
});

describe('a run whose deletions are held', () => {
  it('is named with the command that has them carried out: there is nothing to put back before', async () => {
    scene.simulator.app().deleteTopic(VILLAGE, scene.simulator.app().topics(VILLAGE)[0]?.TopicId ?? '');
    const many = Array.from({ length: 60 }, () => ({ TopicName: 'One of many' }));
    const ids = many.map((fields) => scene.simulator.app().createTopic(VILLAGE, fields).TopicId);
    await scene.sync();
    for (const topicId of ids) scene.simulator.app().deleteTopic(VILLAGE, topicId);
    const { runId } = await scene.sync();
    const { exitCode, stderr } = await scene.run('restore', '--run', String(runId));
    expect(stderr).toContain(`"deletions --approve ${runId}"`);
    expect(exitCode).toBe(1);
  });
});

describe('restore with settings or flags that are wrong', () => {
  const withTown = ['restore', '--group', GONE, '--yes'];

  it.each([
    ['a wrong key', { TENCENT_CHAT_SECRET_KEY: 'not-the-key' }, /70003/, 1],
    ['a missing key', { TENCENT_CHAT_SECRET_KEY: '' }, /TENCENT_CHAT_SECRET_KEY is not set/, 1],
    ['an unknown region', { TENCENT_CHAT_ENDPOINT: '', TENCENT_CHAT_REGION: 'x' }, /TENCENT_CHAT_REGION/, 1],
  ])('%s is one line on stderr, and nothing is put back', async (_what, change, says, code) => {
    const { exitCode, stderr } = await topicMirror(withTown, { ...scene.env, ...change });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('not-the-key');
    expect(exitCode).toBe(code);
  });

  it('a missing key of another app is named by its own variable', async () => {
    const { exitCode, stderr } = await topicMirror([...withTown, '--to-app', '1400000009'], scene.env);
    expect(stderr).toMatch(/^topic-mirror: TENCENT_CHAT_TARGET_SECRET_KEY is not set/);
    expect(exitCode).toBe(1);
  });

  it('a missing region of another app is named by its own variable', async () => {
    const env = { ...scene.env, TENCENT_CHAT_TARGET_SECRET_KEY: 'x' };
    const { stderr } = await topicMirror([...withTown, '--to-app', '1400000009'], env);
    expect(stderr).toMatch(/TENCENT_CHAT_TARGET_REGION/);
  });

  it.each([
    [['restore'], /--group, --run or --since/],
    [['restore', '--topic', NEWS], /--topic needs one --group/],
    [['restore', '--group', TOWN, '--live'], /--live and --all need --to-group or --to-app/],
    [['restore', '--group', TOWN, VILLAGE, '--to-group', GONE], /--to-group needs one --group/],
    [['restore', '--group', TOWN, '--to-group', TOWN], /--to-group names where the topics are already/],
    [['restore', '--group', '@TGS#_nowhere'], /the community @TGS#_nowhere is not mirrored/],
    [
      ['restore', '--group', TOWN, '--topic', 'x'],
      /no topic x of the community @TGS#_town was ever mirrored/,
    ],
    [['restore', '--run', 'yesterday'], /there is no run "yesterday"; runs lists/],
    [['restore', '--since', '1d', '--group', '@TGS#_nowhere'], /the community @TGS#_nowhere is not mirrored/],
    [['restore', '--group', TOWN, '--topic', NEWS, '--run', 'x'], /--topic, or --run and --since, not both/],
    [['restore', '--since', 'yesterday'], /--since is "yesterday"; .*24h/],
    [['restore', '--to-app', 'x'], /--to-app is "x"; it must be an SDKAppID/],
    [['restore', '--mappings', '--since', '1d'], /--mappings goes with --group/],
  ])('%j is refused with what is allowed, exit 1', async (args, says) => {
    const { exitCode, stderr } = await scene.run(...args);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(1);
  });
});
