import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { restoreCommand } from '../../../lambdas/announce-run/commands.ts';
import { runNight } from '../../../local/night.ts';
import { restoresOf } from '../../../shared/catalog/restores.ts';
import { type Deployed, deploy, LIST_FUNCTION, stackOf } from '../../cli/deployed/deployed.ts';
import { carried, jsonLines } from '../../cli/restore/scene.ts';
import { cleanUp, topicMirror } from '../../cli/topicMirror.ts';
import { collect } from '../../support/collect.ts';
import { NEXT_RUN, RUN } from '../../support/worldEvents.ts';

jest.setTimeout(60_000);

const GROUP = '@TGS#_it is ours';
const NEWS = `${GROUP}@TOPIC#_news & more`;
const OTHER = 1_400_000_009;
const MANY = 40;

let deployed: Deployed;

beforeAll(async () => {
  const otherApps = [{ sdkAppId: OTHER, secretKey: 'the other key', communities: 0 }];
  deployed = await deploy({ communities: 2, quirks: false, otherApps });
  const { world, aws, sdkAppId } = deployed;
  const { simulator, url, parts } = world;
  const app = simulator.app();
  app.createCommunity({ groupId: GROUP });
  app.createTopic(GROUP, { TopicId: NEWS, TopicName: 'News', CreateTime: 1_500_000_000 });
  app.createTopic(GROUP, { TopicName: 'Stays' });
  for (let nth = 0; nth < MANY; nth++)
    app.createTopic(GROUP, { TopicName: `Chat ${nth}`, CreateTime: 1_500_000_000 + nth });
  await runNight({ parts, runId: RUN });
  for (const { TopicId, TopicName } of app.topics(GROUP))
    if (TopicName !== 'Stays') app.deleteTopic(GROUP, TopicId);
  await runNight({ parts, runId: NEXT_RUN });
  aws.taught.stacks = [stackOf(world, 'prod', [sdkAppId, OTHER])];
  aws.taught.secrets = { 'prod/app': simulator.defaults.secretKey };
  aws.taught.environments = {
    [LIST_FUNCTION]: {
      TENCENT_CHAT_ENDPOINT: url,
      TENCENT_CHAT_SECRET_ID: 'prod/app',
      TOPIC_MIRROR_METRICS_NAMESPACE: 'x',
    },
  };
});

afterAll(async () => {
  cleanUp();
  await deployed.close();
});

/** The words that a shell makes of a command line, as the message that announces a run prints it. */
function words(command: string): string[] {
  const printed = spawnSync('sh', ['-c', `set -- ${command}; printf '%s\\n' "$@"`], { encoding: 'utf8' });
  return printed.stdout.trimEnd().split('\n');
}

const onStack = () => ['restore', '--stack', 'prod', '--app', String(deployed.sdkAppId)];

describe('restore on a deployed mirror', () => {
  it('the very command that the message of a run names puts the topic back, with the key of the stack', async () => {
    const { sdkAppId, env, world } = deployed;
    const command = restoreCommand({ stack: 'prod', sdkAppId }, GROUP, NEWS);
    const [npm, run, quiet, mirror, dashes, ...args] = words(command);
    expect([npm, run, quiet, mirror, dashes]).toEqual(['npm', 'run', '-s', 'mirror', '--']);
    const planned = await topicMirror(args, env);
    expect(planned.stdout).toContain('1 to put back');
    const { exitCode, stdout, stderr } = await topicMirror([...args, '--yes'], env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`“News” ${NEWS}: put back under its own id`);
    const back = world.simulator
      .app()
      .topics(GROUP)
      .find(({ TopicId }) => TopicId === NEWS);
    expect(back && carried(back)).toMatchObject({ TopicName: 'News', CreateTime: 1_500_000_000 });
    expect(existsSync(deployed.dataDir)).toBe(false);
  });

  it('by two operators at once puts everything back exactly once', async () => {
    const { env, world, sdkAppId } = deployed;
    const args = [...onStack(), '--run', NEXT_RUN, '--yes', '--format', 'jsonl'];
    const both = await Promise.all([topicMirror(args, env), topicMirror(args, env)]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const made = both
      .flatMap(({ stdout }) => jsonLines(stdout))
      .filter(({ outcome }) => outcome === 'restored');
    expect(made).toHaveLength(MANY);
    const names = world.simulator
      .app()
      .topics(GROUP)
      .map(({ TopicName }) => TopicName);
    expect(names.sort()).toEqual(
      ['News', 'Stays', ...Array.from({ length: MANY }, (_, nth) => `Chat ${nth}`)].sort(),
    );
    const restores = await collect(restoresOf(world.parts.store, sdkAppId));
    expect(restores.map(({ state }) => state)).toEqual(Array(MANY + 1).fill('done'));
    expect(restores.filter(({ linkedAt }) => linkedAt !== undefined)).toHaveLength(MANY);
  });

  it.each([
    [
      'a denied secret',
      { GetSecretValue: { code: 'AccessDeniedException' } },
      /do not allow secretsmanager:GetSecretValue/,
    ],
  ])('%s is told in plain words', async (_what, errors, says) => {
    deployed.aws.taught.errors = errors;
    const args = [...onStack(), '--group', GROUP];
    const { exitCode, stderr } = await topicMirror(
      [...args, '--new-ids', '--to-group', '@TGS#_x', '--yes'],
      deployed.env,
    );
    deployed.aws.taught.errors = {};
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(1);
  });

  it('an app that the stack does not have cannot be copied to', async () => {
    const args = [...onStack(), '--group', GROUP];
    const { exitCode, stderr } = await topicMirror(
      [...args, '--to-app', '7', '--live', '--yes'],
      deployed.env,
    );
    expect(stderr).toMatch(/the app 7 .* is not mirrored by the stack prod/);
    expect(exitCode).toBe(1);
  });

  it('copies into another app of the stack with that app’s own settings and key', async () => {
    const { aws, world, env } = deployed;
    const settings = { TENCENT_CHAT_ENDPOINT: world.url, TENCENT_CHAT_SECRET_ID: 'prod/other' };
    aws.taught.secrets = { ...aws.taught.secrets, 'prod/other': 'the other key' };
    aws.taught.environments = { [LIST_FUNCTION]: settings };
    world.simulator.app(OTHER).createCommunity({ groupId: GROUP });
    const args = [...onStack(), '--group', GROUP, '--to-app', String(OTHER)];
    const { exitCode } = await topicMirror([...args, '--all', '--yes'], env);
    expect(exitCode).toBe(0);
    expect(world.simulator.app(OTHER).topics(GROUP)).toHaveLength(MANY + 2);
  });
});
