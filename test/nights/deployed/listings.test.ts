import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runNight } from '../../../local/night.ts';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import { readRun } from '../../../shared/catalog/runs.ts';
import { type Deployed, deploy, LIST_FUNCTION } from '../../cli/deployed/deployed.ts';
import { cleanUp, start, topicMirror } from '../../cli/topicMirror.ts';

// A run takes seconds, and so does a command's own start on a slow machine.
jest.setTimeout(60_000);

let deployed: Deployed;
let nights: Promise<unknown>[];

beforeEach(async () => {
  deployed = await deploy();
  nights = [];
});

afterEach(async () => {
  cleanUp();
  await Promise.allSettled(nights);
  await deployed.close();
});

const sync = (...args: string[]) => topicMirror(['sync', '--stack', 'prod', ...args], deployed.env);

/** Runs the functions on the run that an event asks for, as the deployment would. */
function runFunctions(_name: string, event: unknown): void {
  const { scheduledTime } = event as { scheduledTime: string };
  nights.push(runNight({ parts: deployed.world.parts, runId: scheduledTime }));
}

/** Opens a run that nothing works on. */
async function openRunAt(at: number): Promise<string> {
  const startedAt = new Date(at).toISOString();
  const { store, app } = deployed.world.parts;
  await openRun(store, app.sdkAppId, { runId: startedAt, startedAt, limit: 100 });
  return startedAt;
}

describe('sync of a deployed mirror', () => {
  it('has the list function begin a run now, waits for its end, and prints its summary', async () => {
    deployed.aws.taught.onInvoke = runFunctions;
    const before = Date.now();
    const { exitCode, stdout, stderr } = await sync('--json');
    const [{ functionName, event, type } = {}, ...others] = deployed.aws.invoked;
    const summary = JSON.parse(stdout);
    expect({ exitCode, stderr, functionName, type, others }).toEqual({
      exitCode: 0,
      stderr: '',
      functionName: LIST_FUNCTION,
      type: 'Event',
      others: [],
    });
    expect(event).toEqual({ scheduledTime: summary.runId });
    expect(Date.parse(summary.runId)).toBeGreaterThanOrEqual(before);
    expect(summary).toMatchObject({ status: 'COMPLETE', communities: { listed: 8 } });
    expect(Object.keys(summary)[0]).toBe('runId');
    expect(existsSync(deployed.dataDir)).toBe(false);
  });

  it('exits 2 for a run that is not COMPLETE, and names what failed', async () => {
    const { parts, simulator } = deployed.world;
    await runNight({ parts, runId: new Date(Date.now() - 86_400_000).toISOString() });
    const groupId = [...simulator.app().state()].find(({ topics }) => topics.length > 0)?.groupId ?? '';
    simulator.app().setTopicSupport(groupId, false);
    deployed.aws.taught.onInvoke = runFunctions;
    const { exitCode, stdout } = await sync();
    expect(exitCode).toBe(2);
    expect(stdout).toContain('INCOMPLETE');
    expect(stdout).toContain(groupId);
  });

  it('joins a run that is under way instead of starting another', async () => {
    const runId = await openRunAt(Date.now() - 60_000);
    const watching = start(['sync', '--stack', 'prod', '--json'], deployed.env);
    watching.child.stderr.once('data', () => runFunctions('', { scheduledTime: runId }));
    const { exitCode, stdout, stderr } = await watching.ended;
    expect(stderr).toBe(`the run ${runId} is under way: it is watched, no other is started\n`);
    expect(JSON.parse(stdout)).toMatchObject({ runId, status: 'COMPLETE' });
    expect({ exitCode, invoked: deployed.aws.invoked }).toEqual({ exitCode: 0, invoked: [] });
  });

  it('starts another where the open run is older than six hours', async () => {
    const old = await openRunAt(Date.now() - 7 * 3_600_000);
    deployed.aws.taught.onInvoke = runFunctions;
    const { exitCode, stdout } = await sync('--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).runId > old).toBe(true);
  });

  it('interrupted, stops watching and leaves the run alone', async () => {
    const runId = await openRunAt(Date.now() - 60_000);
    const watching = start(['sync', '--stack', 'prod'], deployed.env);
    watching.child.stderr.once('data', () => void sleep(1500).then(() => watching.child.kill('SIGINT')));
    const { exitCode, stdout, stderr } = await watching.ended;
    expect(stderr.split('\n')[1]).toBe(
      `topic-mirror: no longer watching; the run ${runId} of the stack prod goes on`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    const { store, app } = deployed.world.parts;
    expect(await readRun(store, app.sdkAppId, runId)).toMatchObject({ status: 'RUNNING' });
  });

  it('that may not invoke the function names the permission', async () => {
    deployed.aws.taught.errors = { Invoke: { status: 403, code: 'AccessDeniedException' } };
    const { exitCode, stderr } = await sync();
    expect(stderr).toBe(
      'topic-mirror: the AWS credentials do not allow lambda:InvokeFunction; have it granted, or use others: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n',
    );
    expect(exitCode).toBe(1);
  });

  it('of a stack that an older version deployed names the output that it lacks', async () => {
    const [stack] = deployed.aws.taught.stacks;
    const { [`App${deployed.sdkAppId}ListCommunitiesFunctionName`]: _, ...outputs } = stack?.outputs ?? {};
    deployed.aws.taught.stacks = [{ name: 'prod', outputs }];
    expect(await sync()).toMatchObject({
      exitCode: 1,
      stderr: `topic-mirror: the stack prod has no output App${deployed.sdkAppId}ListCommunitiesFunctionName; deploy it again with this version\n`,
    });
  });
});
