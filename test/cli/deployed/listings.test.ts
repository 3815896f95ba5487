import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runNight } from '../../../local/night.ts';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import { TABLE_NAME } from '../../support/world.ts';
import { RUN } from '../../support/worldEvents.ts';
import { cleanUp, topicMirror } from '../topicMirror.ts';
import { type Deployed, deploy, stackOf } from './deployed.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy();
}, 30_000);

afterAll(async () => {
  cleanUp();
  await deployed.close();
});

const run = (args: readonly string[], change: Record<string, string> = {}) =>
  topicMirror([...args, '--stack', 'prod'], { ...deployed.env, ...change });

describe('a deployed mirror that has not run yet', () => {
  it('is told how to begin', async () => {
    const { exitCode, stdout, stderr } = await run(['topics']);
    expect(stderr).toBe(
      `topic-mirror: the stack prod has mirrored nothing of the app ${deployed.sdkAppId} yet; run "npm run -s mirror -- sync --stack prod" first\n`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it('whose table is gone is told to be deployed again', async () => {
    const { aws, world, sdkAppId } = deployed;
    const { outputs, name } = stackOf(world, 'prod', [sdkAppId]);
    const before = aws.taught.stacks;
    aws.taught.stacks = [{ name, outputs: { ...outputs, CatalogTableName: 'gone' } }];
    const { exitCode, stderr } = await run(['topics']);
    aws.taught.stacks = before;
    expect(stderr).toBe(
      "topic-mirror: what dynamodb:Query asks for does not exist, although the stack's outputs name it; deploy the stack again\n",
    );
    expect(exitCode).toBe(1);
  });
});

describe('the listings of a deployed mirror', () => {
  beforeAll(async () => {
    await runNight({ parts: deployed.world.parts, runId: RUN });
  }, 30_000);

  it('print its records, and make nothing on this machine', async () => {
    const app = deployed.world.simulator.app();
    const [topics, communities, runs] = await Promise.all(
      ['topics', 'communities', 'runs'].map(async (command) => run([command, '--format', 'json'])),
    );
    const ids = JSON.parse(topics?.stdout ?? '').map(({ topicId }: { topicId: string }) => topicId);
    const expected = [...app.state()].flatMap((one) => (one.supportsTopics ? one.topics : []));
    expect(ids.sort()).toEqual(expected.map(({ TopicId }) => TopicId).sort());
    expect(JSON.parse(communities?.stdout ?? '')).toHaveLength(app.communityIds().length);
    expect(JSON.parse(runs?.stdout ?? '')).toMatchObject([{ runId: RUN, status: 'COMPLETE' }]);
    expect(existsSync(deployed.dataDir)).toBe(false);
  });

  it('go on while the stack is updated, or after an update that failed', async () => {
    const [stack] = deployed.aws.taught.stacks;
    deployed.aws.taught.stacks = [{ name: 'prod', ...stack, status: 'UPDATE_ROLLBACK_COMPLETE' }];
    expect(await run(['runs', '--format', 'jsonl'])).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('with several apps ask which, take the option before the variable, and know an app that left', async () => {
    const { aws, world, sdkAppId } = deployed;
    const [second, left] = [sdkAppId + 1, sdkAppId + 2];
    aws.taught.stacks = [stackOf(world, 'prod', [sdkAppId, second])];
    const opened = { startedAt: RUN, runId: RUN, limit: 100 };
    await openRun(world.parts.store, left, opened);

    const asked = await run(['runs']);
    expect(asked.exitCode).toBe(1);
    expect(asked.stderr).toBe(
      `topic-mirror: several apps are mirrored by the stack prod; choose one with --app (or TENCENT_CHAT_SDK_APP_ID): ${sdkAppId}, ${second}\n`,
    );
    const variable = { TENCENT_CHAT_SDK_APP_ID: String(left) };
    const status = async (args: string[], env = {}) =>
      JSON.parse((await run(['runs', '--format', 'jsonl', ...args], env)).stdout).status;
    expect(await status(['--app', String(sdkAppId)], variable)).toBe('COMPLETE');
    expect(await status([], variable)).toBe('RUNNING');

    const unknown = await run(['runs'], { TENCENT_CHAT_SDK_APP_ID: '5' });
    expect(unknown.stderr).toBe(
      `topic-mirror: the app 5 (TENCENT_CHAT_SDK_APP_ID) is not mirrored by the stack prod; ${sdkAppId}, ${second}, ${left} are\n`,
    );
    const unmirrored = await run(['runs', '--app', String(second)]);
    expect(unmirrored.stderr).toBe(
      `topic-mirror: the stack prod has mirrored nothing of the app ${second} yet; run "npm run -s mirror -- sync --stack prod --app ${second}" first\n`,
    );
  });

  it('without --stack are those of the local table, of which --app chooses an app too', async () => {
    const { env, sdkAppId } = deployed;
    const left = sdkAppId + 2;
    const local = { ...env, TOPIC_MIRROR_TABLE: TABLE_NAME, AWS_ENDPOINT_URL_CLOUDFORMATION: '' };
    const asked = await topicMirror(['runs'], local);
    expect(asked.stderr).toBe(
      `topic-mirror: several apps are mirrored here; choose one with --app (or TENCENT_CHAT_SDK_APP_ID): ${sdkAppId}, ${left}\n`,
    );
    const { stdout } = await topicMirror(['runs', '--app', String(left), '--format', 'jsonl'], local);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'RUNNING' });
  });
});
