import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCloseRunHandler } from '../../lambdas/close-run/handler.ts';
import type { Parts } from '../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../lambdas/sync-community/handler.ts';
import { runNight } from '../../local/night.ts';
import { type BatchHandler, createPoller, type Poller } from '../../local/poller.ts';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { deploy } from '../cli/deployed/deployed.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';
import { NO_LIMITS } from '../support/world.ts';
import { NEXT_RUN, RUN } from '../support/worldEvents.ts';

let simulator: Simulator;
let env: Record<string, string>;
let lost: string[];
/** The first held run. */
let held: string;

const logs = () => readdirSync(join(env['TOPIC_MIRROR_DATA_DIR'] ?? '', 'logs'));

beforeAll(async () => {
  simulator = createSimulator({ communities: 0, rateLimits: NO_LIMITS });
  env = settingsFor(await simulator.listen(), freshDataDir());
  const app = simulator.app();
  const { groupId, topics } = app.createCommunity({ topics: 80 });
  await topicMirror(['sync'], env);
  lost = topics.slice(0, 60).map(({ TopicId }) => TopicId);
  for (const topicId of lost) app.deleteTopic(groupId, topicId);
}, 60_000);

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

describe('deletions that the guard holds back', () => {
  it('make the run HELD, which is exit 2, and leave the topics readable as missing', async () => {
    const { exitCode, stdout } = await topicMirror(['sync', '--json'], env);
    expect(exitCode).toBe(2);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      status: 'HELD',
      topics: { active: 20, deleted: 0, missing: 0, held: 60 },
    });
    held = summary.runId;
    expect((await idsBeing('missing')).sort()).toEqual([...lost].sort());
  }, 60_000);

  it('are listed with their proof; what the guard said and how to approve is said beside', async () => {
    const { exitCode, stdout, stderr } = await topicMirror(['deletions', '--format', 'json'], env);
    expect(exitCode).toBe(0);
    const records = JSON.parse(stdout) as Record<string, unknown>[];
    expect(records.map(({ topicId }) => topicId).sort()).toEqual([...lost].sort());
    expect(records[0]).toMatchObject({
      groupId: expect.any(String),
      topicName: expect.any(String),
      confirmedAt: expect.stringMatching(/Z$/),
      confirmedCode: 110003,
      runId: held,
    });
    expect(stderr).toBe(
      `run ${held}: 60 confirmed deletions are held: more than 15 % of the 80 there were\n` +
        `to carry it out: npm run -s mirror -- deletions --approve ${held}\n`,
    );
    const csv = await topicMirror(['deletions', '--format', 'csv'], env);
    expect(csv.stdout.split('\n')[0]).toBe('groupId,topicId,topicName,confirmedAt,confirmedCode,runId');
  }, 60_000);

  it.each([
    [
      'that is unknown',
      () => '2020-01-01T00:00:00.000Z',
      /^topic-mirror: there is no run "2020-01-01T00:00:00.000Z"; the one that is held is /,
    ],
    [
      'that holds nothing',
      () => 'the first',
      /^topic-mirror: the run \S+ holds no deletions: it is COMPLETE\n$/,
    ],
  ])(
    'are not released by a run %s',
    async (_what, run, message) => {
      const runId = run() === 'the first' ? await oldestRun() : run();
      const before = logs();
      const { exitCode, stderr, stdout } = await topicMirror(['deletions', '--approve', runId], env);
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(message);
      expect(logs()).toEqual(before);
    },
    60_000,
  );

  it('are confirmed and held anew by the next night, which alone can be approved', async () => {
    const { stdout } = await topicMirror(['sync', '--json'], env);
    const newer = JSON.parse(stdout);
    expect(newer).toMatchObject({ status: 'HELD', topics: { held: 60 } });
    const refused = await topicMirror(['deletions', '--approve', held], env);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toBe(
      `topic-mirror: the run ${newer.runId} has judged anew what ${held} held, and holds it; approve that one\n`,
    );

    // Releasing needs no key: nothing is asked of the API.
    const { TENCENT_CHAT_SECRET_KEY: _1, TENCENT_CHAT_ENDPOINT: _2, ...keyless } = env;
    const calls = () => simulator.stats().apps[0]?.apis.get_topic.calls;
    const before = calls();
    const approved = await topicMirror(['deletions', '--approve', newer.runId, '--json'], keyless);
    expect(approved).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(approved.stdout)).toMatchObject({
      runId: newer.runId,
      status: 'COMPLETE',
      topics: { active: 20, deleted: 60, missing: 0, held: 0 },
    });
    expect(calls()).toBe(before);
    expect((await idsBeing('deleted')).sort()).toEqual([...lost].sort());
    const again = await topicMirror(['deletions', '--approve', newer.runId], env);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/holds no deletions: it was approved at /);
  }, 60_000);

  it('are no more after the next night', async () => {
    const { stdout } = await topicMirror(['sync', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'COMPLETE',
      communities: { unchanged: 1 },
      topics: { active: 20, deleted: 0, missing: 0, held: 0 },
    });
    const { exitCode, stdout: none, stderr } = await topicMirror(['deletions'], env);
    expect([exitCode, none, stderr]).toEqual([0, 'nothing to show\n', 'nothing is held\n']);
  }, 60_000);
});

async function idsBeing(status: string): Promise<string[]> {
  const { stdout } = await topicMirror(['topics', '--status', status, '--format', 'json'], env);
  return (JSON.parse(stdout) as { topicId: string }[]).map(({ topicId }) => topicId);
}

async function oldestRun(): Promise<string> {
  const { stdout } = await topicMirror(['runs', '--format', 'json'], env);
  return (JSON.parse(stdout) as { runId: string }[]).at(-1)?.runId ?? '';
}

describe('deletions that a deployed mirror holds', () => {
  it('are released by its own functions, which a message on its closing queue wakes', async () => {
    const deployed = await deploy();
    const { parts, simulator: cloud } = deployed.world;
    const { groupId, topics } = cloud.app().createCommunity({ topics: 80 });
    await runNight({ parts, runId: RUN });
    for (const { TopicId } of topics.slice(0, 60)) cloud.app().deleteTopic(groupId, TopicId);
    expect(await runNight({ parts, runId: NEXT_RUN })).toMatchObject({ status: 'HELD' });

    const where = ['--stack', 'prod'];
    const { stderr } = await topicMirror(['deletions', ...where], deployed.env);
    expect(stderr).toContain(`deletions --approve ${NEXT_RUN} --stack prod\n`);
    const pollers = startFunctions(parts);
    const { exitCode, stdout } = await topicMirror(
      ['deletions', '--approve', NEXT_RUN, '--json', ...where],
      deployed.env,
    );
    await Promise.all(pollers.map((poller) => poller.stop()));
    await deployed.close();
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETE', topics: { deleted: 60, held: 0 } });
  }, 60_000);
});

/** The functions behind their queues, as the deployment has them: nothing else sends the first message. */
function startFunctions(parts: Parts): Poller[] {
  const shared = { timeoutMs: 30_000, concurrency: 1, batchSize: 1, onError: () => {} };
  const pollers = [
    [parts.communitiesQueue, createSyncCommunityHandler(parts)] as const,
    [parts.closingQueue, createCloseRunHandler(parts)] as const,
  ].map(([{ client: sqs, url: queueUrl }, handler]) =>
    createPoller({ ...shared, sqs, queueUrl, handler: handler as BatchHandler }),
  );
  for (const poller of pollers) poller.start();
  return pollers;
}
