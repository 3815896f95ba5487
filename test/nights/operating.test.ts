import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, start, topicMirror } from '../cli/topicMirror.ts';

// A run takes seconds, and so does a command's own start on a slow machine.
jest.setTimeout(120_000);

const COMMUNITIES = 120;

let simulator: Simulator;
let env: Record<string, string>;

beforeAll(async () => {
  simulator = createSimulator({ communities: COMMUNITIES, topicsPerCommunity: 3, quirks: false });
  // Slow enough that other commands find the run under way.
  const slow = { TOPIC_MIRROR_CALLS_PER_SECOND: '10' };
  env = { ...settingsFor(await simulator.listen(), freshDataDir()), ...slow };
});

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

const asked = () => simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;

async function untilAsked(calls: number): Promise<void> {
  while (asked() < calls) await sleep(20);
}

const records = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('beside a run that is under way in another process', () => {
  it('status shows it to its end, listings read, and a community is synced', async () => {
    const night = start(['sync', '--json'], env);
    await untilAsked(10);
    const watching = start(['status', '--watch', '--format', 'jsonl'], env);
    const [groupId = ''] = simulator.app().communityIds();
    const picked = await topicMirror(['sync', '--group', groupId, '--json'], env);
    const listed = await topicMirror(['runs', '--format', 'json'], env);
    const [{ exitCode, stdout }, watched] = await Promise.all([night.ended, watching.ended]);

    const summary = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(summary).toMatchObject({ status: 'COMPLETE', communities: { listed: COMMUNITIES, failed: 0 } });
    expect(summary.topics.baseline).toBe(summary.topics.active);
    expect(JSON.parse(picked.stdout)).toMatchObject({ communities: [{ groupId, runId: summary.runId }] });
    expect(JSON.parse(listed.stdout)).toMatchObject([{ runId: summary.runId, status: 'RUNNING' }]);
    expect([picked, listed].map((ended) => [ended.exitCode, ended.stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);

    const looks = records(watched.stdout);
    expect(watched.exitCode).toBe(0);
    expect(looks.at(-1)).toMatchObject({ runId: summary.runId, phase: 'closed', status: 'COMPLETE' });
    const open = looks.filter(({ status }) => status === 'RUNNING');
    expect(open.length).toBeGreaterThan(2);
    for (const { readUnits, rate, communities } of open) {
      expect(readUnits).toBeLessThanOrEqual(3);
      expect(rate).toMatchObject({ budget: 10 });
      expect(communities).toMatchObject({ total: COMMUNITIES });
    }
  });

  it('once it has ended, status shows how, and when nothing is under way any more', async () => {
    const { exitCode, stdout } = await topicMirror(['status'], env);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('no run is under way; the last one:');
    expect(stdout).toContain('COMPLETE');
  });

  it('a run that was killed is shown as interrupted', async () => {
    const before = asked();
    const killed = start(['sync'], env);
    await untilAsked(before + 10);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { stdout } = await topicMirror(['status', '--format', 'json'], env);
    expect(JSON.parse(stdout)).toMatchObject({ phase: 'interrupted', status: 'RUNNING' });
    const next = await topicMirror(['sync', '--json'], env);
    expect(JSON.parse(next.stdout)).toMatchObject({ status: 'COMPLETE' });
  });

  it('a second sync says that the data directory is in use', async () => {
    const before = asked();
    const night = start(['sync'], env);
    await untilAsked(before + 10);
    const { exitCode, stderr } = await topicMirror(['sync'], env);
    expect(stderr).toMatch(/another topic-mirror is using it; wait for it to end/);
    expect([exitCode, (await night.ended).exitCode]).toEqual([1, 0]);
  });
});

describe('verify on this machine', () => {
  const verify = (...args: string[]) => topicMirror(['verify', '--format', 'jsonl', ...args], env);

  it('exits 0 where nothing differs, and says what it has compared', async () => {
    expect(await verify('--sample', '5', '--seed', '7')).toEqual({
      exitCode: 0,
      signal: null,
      stdout: '',
      stderr: expect.stringMatching(
        /^compared 5 communities with \d+ topics, drawn with --seed 7: no difference\n$/,
      ),
    });
  });

  it('exits 2 for what is not in the catalog, as long as that is not left out for being newer', async () => {
    const [groupId = ''] = simulator.app().communityIds();
    await sleep(1000);
    simulator.app().createTopic(groupId, { TopicName: 'new', CreateTime: Math.ceil(Date.now() / 1000) });
    const { exitCode, stdout } = await verify('--group', groupId);
    expect(records(stdout)).toMatchObject([
      { kind: 'topic-not-in-catalog', groupId, api: 'new', newer: true },
    ]);
    expect(exitCode).toBe(2);
    expect(await verify('--group', groupId, '--ignore-newer')).toMatchObject({ exitCode: 0, stdout: '' });
    await topicMirror(['sync', '--group', groupId], env);
    expect(await verify('--group', groupId)).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it.each([
    [['--share', '2'], /--share is "2"; it must be a number above 0, up to 1/],
    [['--all', '--sample', '3'], /cannot be used with option/],
    [['--group', 'nowhere'], /neither the catalog nor the app has a community nowhere/],
  ])('exits 1 for %j', async (args, message) => {
    const { exitCode, stderr } = await verify(...args);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('exits 3 when the API does not answer', async () => {
    const gone = createSimulator();
    const nobody = await gone.listen();
    await gone.close();
    const { exitCode } = await topicMirror(['verify'], { ...env, TENCENT_CHAT_ENDPOINT: nobody });
    expect(exitCode).toBe(3);
  });
});
