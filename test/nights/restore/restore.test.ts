import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { carried, openRestoreScene, type RestoreScene } from '../../cli/restore/scene.ts';
import { cleanUp } from '../../cli/topicMirror.ts';

// A command's own start takes seconds on a slow machine.
jest.setTimeout(60_000);

const GROUP = '@TGS#_town';
const CUSTOM = `${GROUP}@TOPIC#_news`;

let scene: RestoreScene;
/** A topic whose id Tencent has made up. */
let made: string;
let before: Record<string, unknown>[];

beforeAll(async () => {
  scene = await openRestoreScene({ communities: 3, topicsPerCommunity: 2 });
  const app = scene.simulator.app();
  app.createCommunity({ groupId: GROUP });
  app.createTopic(GROUP, {
    TopicId: CUSTOM,
    TopicName: 'News',
    Introduction: 'all of it',
    CreateTime: 1_500_000_000,
  });
  made = app.createTopic(GROUP, {
    TopicName: 'Chat',
    CreateTime: 1_500_000_001,
    MuteAllMember: 'On',
  }).TopicId;
  app.createTopic(GROUP, { TopicId: `${GROUP}@TOPIC#_long`, TopicName: 'n'.repeat(31) });
  app.createTopic(GROUP, { TopicId: `${GROUP}@TOPIC#_stays`, TopicName: 'Stays' });
  app.postMessages(GROUP, made, 4);
  before = app.topics(GROUP).map(carried);
  await scene.sync();
  for (const topicId of [CUSTOM, made, `${GROUP}@TOPIC#_long`]) app.deleteTopic(GROUP, topicId);
  await scene.sync();
});

afterAll(async () => {
  cleanUp();
  await scene.close();
});

describe('restore of what is deleted in a community', () => {
  it('without a terminal and without --yes prints the plan, says so, and puts nothing back', async () => {
    const { exitCode, stdout, stderr } = await scene.run('restore', '--group', GROUP);
    expect(stdout).toContain(`+ “News” ${CUSTOM}: keeps its id`);
    expect(stdout).toContain(`+ “Chat” ${made}: gets a new id, since its own is of the default style`);
    expect(stdout).toContain('does not come with it: muteAllMember true, nextMsgSeq 5, lastMsgTime');
    expect(stdout).toContain('left out, topicName has 31 bytes of at most 30');
    expect(stdout).toContain('2 to put back, 1 left out');
    expect(stderr).toBe('nothing was put back: this is the plan, and --yes carries it out\n');
    expect(exitCode).toBe(2);
    expect(scene.simulator.app().topics(GROUP)).toHaveLength(1);
  });

  it('with --dry-run prints the plan as records, without a key', async () => {
    const records = await scene.records('restore', '--group', GROUP, '--dry-run');
    expect(records).toHaveLength(3);
    expect(records).toContainEqual(
      expect.objectContaining({ topicId: CUSTOM, action: 'create', newTopicId: CUSTOM }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({
        action: 'left-out',
        problems: [expect.objectContaining({ field: 'topicName', bytes: 31, limit: 30 })],
      }),
    );
  });

  it('puts it back with its texts and its CreateTime, reports, and exits 2 for what was left out', async () => {
    const { exitCode, stdout, stderr } = await scene.run('restore', '--group', GROUP, '--yes');
    const topics = scene.simulator.app().topics(GROUP);
    expect(stderr).toBe('');
    expect(exitCode).toBe(2);
    expect(topics).toHaveLength(3);
    const expected = before.filter(({ TopicName }) => !String(TopicName).startsWith('nnn'));
    expect(topics.map(carried)).toEqual(expect.arrayContaining(expected));
    const chat = topics.find(({ TopicName }) => TopicName === 'Chat')?.TopicId;
    expect(stdout).toContain(`“Chat” ${made}: put back as ${chat}`);
    expect(stdout).toContain('2 put back, 1 left out');
  });

  it('a second time does nothing', async () => {
    scene.simulator.resetStats();
    const { stdout } = await scene.run('restore', '--group', GROUP, '--yes');
    expect(stdout).toContain('2 put back before, 1 left out');
    expect(scene.simulator.stats().apps[0]?.apis.import_topic?.calls ?? 0).toBe(0);
  });

  it('of topics that are all there exits 0, and never touches a live one', async () => {
    const ids = [CUSTOM, made, `${GROUP}@TOPIC#_stays`];
    const { exitCode, stdout } = await scene.run('restore', '--group', GROUP, '--topic', ...ids, '--yes');
    expect(stdout).toContain('“Stays” @TGS#_town@TOPIC#_stays: it is live, and is not touched');
    expect(exitCode).toBe(0);
  });

  it('lists which id became which', async () => {
    const chat = scene.simulator
      .app()
      .topics(GROUP)
      .find(({ TopicName }) => TopicName === 'Chat')?.TopicId;
    expect(await scene.records('restore', '--mappings')).toEqual([
      expect.objectContaining({ topicId: made, newTopicId: chat, state: 'done', toGroupId: GROUP }),
      expect.objectContaining({ topicId: CUSTOM, newTopicId: CUSTOM, state: 'done', toGroupId: GROUP }),
    ]);
    expect(await scene.records('restore', '--mappings', '--group', '@TGS#_other')).toEqual([]);
  });

  it('is in the next night: restored under its own id, created under another, once each, and the two name each other', async () => {
    const chat = scene.simulator
      .app()
      .topics(GROUP)
      .find(({ TopicName }) => TopicName === 'Chat')?.TopicId;
    const nights = [await scene.sync(), await scene.sync()];
    expect(nights).toMatchObject([
      { status: 'COMPLETE', topics: { restored: 1, created: 1, deleted: 0, updated: 0 } },
      { status: 'COMPLETE', topics: { restored: 0, created: 0, updated: 0 }, communities: { synced: 0 } },
    ]);
    const topics = await scene.records('topics', '--group', GROUP);
    expect(topics).toContainEqual(
      expect.objectContaining({ topicId: made, status: 'deleted', restoredAs: chat }),
    );
    expect(topics).toContainEqual(
      expect.objectContaining({ topicId: chat, status: 'active', restoredFrom: made }),
    );
    expect(topics).toContainEqual(expect.objectContaining({ topicId: CUSTOM, status: 'active' }));
    const of = (topic = '') => scene.records('history', '--group', GROUP, '--topic', topic);
    expect(await of(made)).toMatchObject([{ kind: 'created' }, { kind: 'deleted', restoredAs: chat }]);
    expect(await of(chat)).toMatchObject([{ kind: 'created', restoredFrom: made }]);
    expect(await of(CUSTOM)).toMatchObject([{ kind: 'created' }, { kind: 'deleted' }, { kind: 'restored' }]);
    const changes = await scene.records('changes', '--since', '1d', '--kind', 'deleted', 'created');
    expect(changes).toContainEqual(expect.objectContaining({ topicId: made, restoredAs: chat }));
    expect(changes).toContainEqual(expect.objectContaining({ topicId: chat, restoredFrom: made }));
  });

  it('a topic that was put back and is deleted once more can be put back once more', async () => {
    scene.simulator.app().deleteTopic(GROUP, CUSTOM);
    await scene.sync();
    const [record] = await scene.records('restore', '--group', GROUP, '--topic', CUSTOM, '--yes');
    expect(record).toMatchObject({ topicId: CUSTOM, outcome: 'restored', newTopicId: CUSTOM });
    expect(await scene.sync()).toMatchObject({ topics: { restored: 1 } });
  });
});
