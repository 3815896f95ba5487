import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createPickHandler, type PickEvent } from '../../../lambdas/sync-community/pickHandler.ts';
import { runNight } from '../../../local/night.ts';
import { ENV } from '../../../shared/config.ts';
import { lambdaContext, RUN } from '../../support/worldEvents.ts';
import { cleanUp, topicMirror } from '../topicMirror.ts';
import { type Deployed, deploy, LIST_FUNCTION, SYNC_FUNCTION } from './deployed.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy();
  const { parts, simulator, url } = deployed.world;
  await runNight({ parts, runId: RUN });
  deployed.aws.taught.environments = {
    [LIST_FUNCTION]: { [ENV.endpoint]: url, [ENV.secretId]: 'chat-key', [ENV.callsPerSecond]: '50' },
  };
  deployed.aws.taught.secrets = { 'chat-key': simulator.defaults.secretKey };
  deployed.aws.taught.onCall = (_name, event) =>
    createPickHandler(parts)(event as PickEvent, lambdaContext()) as unknown as Promise<unknown>;
}, 30_000);

afterAll(async () => {
  cleanUp();
  await deployed.close();
});

const run = (...args: string[]) => topicMirror([...args, '--stack', 'prod'], deployed.env);

describe('an operator of a deployed mirror', () => {
  it('sees the outcome of the last run, the next one, and the dead letters', async () => {
    const { exitCode, stdout } = await run('status', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ runId: RUN, phase: 'closed', status: 'COMPLETE', deadLetters: 0 },
      nextAt: expect.stringMatching(/T02:00:00\.000Z$/),
    });
    expect(exitCode).toBe(0);
  });

  it('compares the catalog with the app, by the secret that the function has', async () => {
    const { exitCode, stdout, stderr } = await run('verify', '--all', '--format', 'jsonl');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/^compared \d+ communities with \d+ topics: no difference\n$/);
  });

  it('has a community synced by the function, at once', async () => {
    const app = deployed.world.simulator.app();
    const groupId = [...app.state()].find(({ topics }) => topics.length > 0)?.groupId ?? '';
    app.editTopic(groupId, app.topics(groupId)[0]?.TopicId ?? '', { TopicName: 'renamed' });
    expect(await run('verify', '--group', groupId)).toMatchObject({ exitCode: 2 });
    const { exitCode, stdout } = await run('sync', '--group', groupId, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      communities: [{ groupId, runId: RUN, changes: { updated: 1 } }],
    });
    expect(exitCode).toBe(0);
    expect(deployed.aws.invoked.at(-1)).toMatchObject({
      functionName: SYNC_FUNCTION,
      event: { pick: [groupId] },
    });
    expect(await run('verify', '--group', groupId)).toMatchObject({ exitCode: 0 });
  });

  it('is told of a community that there is not', async () => {
    expect(await run('sync', '--group', '@TGS#_nowhere')).toMatchObject({
      exitCode: 2,
      stdout: expect.stringMatching(/^@TGS#_nowhere: failed: get_topic of @TGS#_nowhere: 10010/),
    });
  });

  it('is told of a function that fails', async () => {
    deployed.aws.taught.onCall = async () => {
      throw new TypeError('no Records');
    };
    expect(await run('sync', '--group', 'any')).toMatchObject({
      exitCode: 3,
      stderr: `topic-mirror: the function ${SYNC_FUNCTION} failed: no Records; if it is of an older version, deploy the stack again\n`,
    });
  });
});
