import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { meteredCatalog } from '../../lambdas/parts/base.ts';
import { runNight } from '../../local/night.ts';
import type { RunSummary } from '../../shared/catalog/run.ts';
import { communityMessages } from '../../shared/messages.ts';
import { PORTION } from '../../shared/queue/deadLetters.ts';
import { sendAll, sendOne } from '../../shared/queue/send.ts';
import { createSimulator, type InterceptedCall, type Simulator } from '../../simulator/index.ts';
import { type Deployed, deploy, lostNightsUrl } from '../cli/deployed/deployed.ts';
import { startFunctions } from '../cli/deployed/functions.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';
import { NO_LIMITS } from '../support/world.ts';
import { expectMirrored } from '../support/worldCompare.ts';
import { NEXT_RUN, RUN } from '../support/worldEvents.ts';
import { drain } from '../support/worldQueue.ts';

// A run takes seconds, and so does a command's own start on a slow machine.
jest.setTimeout(60_000);

/** Communities that the API refuses. */
let refused: Set<string>;

const intercept = ({ api, body }: InterceptedCall) => {
  const { GroupId = '' } = body as { GroupId?: string };
  if (api !== 'get_topic' || !refused.has(GroupId)) return undefined;
  return { body: '{"ActionStatus":"FAIL","ErrorCode":10015,"ErrorInfo":"no right"}' };
};

describe('redrive of a deployed mirror', () => {
  let deployed: Deployed;
  let failed: string[];
  let first: RunSummary;

  beforeEach(async () => {
    refused = new Set();
    deployed = await deploy({ communities: 8, topicsPerCommunity: 3, intercept });
    failed = deployed.world.simulator.app().communityIds().slice(0, 2);
    for (const groupId of failed) refused.add(groupId);
    first = await runNight({ parts: deployed.world.parts, runId: RUN });
    expect(first).toMatchObject({ status: 'INCOMPLETE', communities: { failed: 2 } });
    refused.clear();
  });

  afterEach(async () => {
    cleanUp();
    await deployed.close();
  });

  const deadLetters = (of: 'communitiesQueue' | 'closingQueue' = 'communitiesQueue') => {
    const { client, url } = deployed.world.parts[of];
    return { client, url: `${url}-dead-letters` };
  };
  const lostNights = () => ({ ...deadLetters(), url: lostNightsUrl(deployed.world.parts) });
  const messagesOf = (groupIds: readonly string[], runId = RUN) =>
    communityMessages({ sdkAppId: deployed.sdkAppId, runId, reason: 'listed' }, groupIds);

  async function redrive(...args: string[]) {
    const functions = startFunctions(deployed.world.parts);
    const ended = await topicMirror(['redrive', '--stack', 'prod', ...args], deployed.env);
    await functions.stop();
    return ended;
  }

  it('puts communities back into their run, whose summary is then that of the whole run', async () => {
    await sendAll(deadLetters(), [...messagesOf(failed), ...messagesOf(failed)]);
    const { exitCode, stdout, stderr } = await redrive('--json');
    expect(stderr).toBe(`put 4 back into the run ${RUN}\n`);
    expect(JSON.parse(stdout)).toMatchObject({
      runId: RUN,
      status: 'COMPLETE',
      communities: { listed: 8, failed: 0 },
      // The whole night's, and the two communities once more.
      api: { calls: first.api.calls + 2, listCalls: 1 },
    });
    expect(exitCode).toBe(0);
    expect(await drain(deadLetters())).toEqual([]);
    expectMirrored(await deployed.world.items(), deployed.world.simulator.app());
    const run = await meteredCatalog(deployed.world.parts).catalog.readRun(RUN);
    expect(run).toMatchObject({ failures: [], reasons: [] });
  });

  it('leaves what it cannot put back and says why, and deletes it when it is told to', async () => {
    await sendAll(deadLetters(), ['no JSON', ...messagesOf(failed, '2020-01-01T00:00:00.000Z')]);
    await sendOne(lostNights(), JSON.stringify({ scheduledTime: NEXT_RUN }));
    const kept = await redrive();
    expect(kept.exitCode).toBe(0);
    const lines = kept.stderr.trimEnd().split('\n').sort();
    expect(lines).toEqual([
      expect.stringMatching(
        /^left a community’s message: it cannot be read: the message is not JSON: no JSON$/,
      ),
      expect.stringMatching(/^left a community’s message: the ledger has no run 2020-01-01T00:00:00.000Z: /),
      expect.stringMatching(/^left a community’s message: the ledger has no run/),
      expect.stringMatching(new RegExp(`^left a lost night: the night of ${NEXT_RUN} did not begin: `)),
      'nothing to put back',
    ]);
    const discarded = await redrive('--discard');
    expect(discarded.stderr.split('\n').filter((line) => line.startsWith('deleted '))).toHaveLength(4);
    expect([await drain(deadLetters()), await drain(lostNights())]).toEqual([[], []]);
    expect(await meteredCatalog(deployed.world.parts).catalog.readRun(RUN)).toMatchObject({
      status: 'INCOMPLETE',
    });
  });

  it('puts more back than it takes in hand at once, and tells of each that stays once', async () => {
    const letters = Array.from({ length: PORTION / 2 + 30 }, () => messagesOf(failed)).flat();
    await sendAll(deadLetters(), [...letters, 'no JSON', ...messagesOf(failed, '2020-01-01T00:00:00.000Z')]);
    const { exitCode, stderr } = await redrive();
    const lines = stderr.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('left a community’s message: '))).toHaveLength(3);
    expect(lines.at(-1)).toBe(`put ${letters.length} back into the run ${RUN}`);
    expect(exitCode).toBe(0);
    expect(await drain(deadLetters())).toHaveLength(3);
  });

  it('leaves the letters of a night that is over, unless it is named', async () => {
    expect(await runNight({ parts: deployed.world.parts, runId: NEXT_RUN })).toMatchObject({
      status: 'COMPLETE',
    });
    await sendAll(deadLetters(), messagesOf(failed.slice(0, 1)));
    const { exitCode, stderr } = await redrive();
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining(`the night of ${RUN} is over: the run ${NEXT_RUN} is COMPLETE`),
    ]);
    const forced = await redrive('--run', RUN, '--json');
    expect(JSON.parse(forced.stdout)).toMatchObject({
      runId: RUN,
      status: 'COMPLETE',
      communities: { failed: 0 },
    });
  });

  it('wakes a run that nothing looks at any more', async () => {
    const { parts } = deployed.world;
    const { client, url } = parts.closingQueue;
    // One more look of the night before may be on its way, and would close the run before the command comes to it.
    await client.send(new PurgeQueueCommand({ QueueUrl: url }));
    await meteredCatalog(parts).catalog.reopenRun(RUN, new Date().toISOString());
    await sendAll(parts.communitiesQueue, messagesOf(failed));
    const { exitCode, stdout } = await redrive('--json');
    expect(JSON.parse(stdout)).toMatchObject({ runId: RUN, status: 'COMPLETE' });
    expect(exitCode).toBe(0);
  });

  it('killed after the run was opened again, it is completed by the next', async () => {
    await sendAll(deadLetters(), messagesOf(failed));
    await meteredCatalog(deployed.world.parts).catalog.reopenRun(RUN, new Date().toISOString());
    expect(await redrive()).toMatchObject({ exitCode: 0, stderr: `put 2 back into the run ${RUN}\n` });
    expect(await drain(deadLetters())).toEqual([]);
  });

  it('says of a run that there is not that there is none', async () => {
    expect(await redrive('--run', '2020-01-01T00:00:00.000Z')).toMatchObject({
      exitCode: 1,
      stderr: 'topic-mirror: there is no run "2020-01-01T00:00:00.000Z"; runs lists those that there are\n',
    });
  });
});

describe('redrive on this machine', () => {
  let simulator: Simulator;
  let env: Record<string, string>;

  beforeAll(async () => {
    refused = new Set();
    simulator = createSimulator({ communities: 12, topicsPerCommunity: 3, rateLimits: NO_LIMITS, intercept });
    env = settingsFor(await simulator.listen(), freshDataDir());
  });

  afterAll(async () => {
    cleanUp();
    await simulator.close();
  });

  it('queues what failed in the newest run once more, and closes that run again', async () => {
    for (const groupId of simulator.app().communityIds().slice(0, 3)) refused.add(groupId);
    const first = await topicMirror(['sync', '--json'], env);
    const night = JSON.parse(first.stdout);
    expect([first.exitCode, night.communities.failed]).toEqual([2, 3]);
    refused.clear();
    const { exitCode, stdout } = await topicMirror(['redrive', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({
      runId: night.runId,
      status: 'COMPLETE',
      communities: { listed: 12, failed: 0 },
      api: { calls: night.api.calls + 3 },
    });
    expect(exitCode).toBe(0);
  });

  it('has nothing to do for a run that misses no community', async () => {
    expect(await topicMirror(['redrive'], env)).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'nothing to put back: no community failed in the newest run\n',
    });
  });

  it('has no dead letters to discard', async () => {
    expect(await topicMirror(['redrive', '--discard'], env)).toMatchObject({ exitCode: 1 });
  });
});
