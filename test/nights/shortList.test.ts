import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';
import { NO_LIMITS } from '../support/world.ts';

let simulator: Simulator;
let env: Record<string, string>;
let runId: string;

beforeAll(async () => {
  simulator = createSimulator({
    communities: 30,
    topicsPerCommunity: 3,
    quirks: false,
    rateLimits: NO_LIMITS,
  });
  env = settingsFor(await simulator.listen(), freshDataDir());
  await topicMirror(['sync'], env);
  const app = simulator.app();
  for (const groupId of app.communityIds().slice(0, 20)) app.disbandCommunity(groupId);
}, 60_000);

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

it('a list that names far fewer communities than are mirrored is exit 2, with the reason', async () => {
  const { exitCode, stdout } = await topicMirror(['sync', '--json'], env);
  expect(exitCode).toBe(2);
  const summary = JSON.parse(stdout);
  expect(summary).toMatchObject({
    status: 'INCOMPLETE',
    communities: { listed: 10, deleted: 0 },
    topics: { deleted: 0 },
  });
  runId = summary.runId;
  const { stdout: runs } = await topicMirror(['runs', '--limit', '1', '--format', 'json'], env);
  expect(JSON.parse(runs)[0].reasons).toEqual(['the list names 20 communities fewer than are mirrored']);
}, 60_000);

it('deletions says that the run waits, and how to say that it is true', async () => {
  const { exitCode, stdout, stderr } = await topicMirror(['deletions', '--format', 'json'], env);
  expect({ exitCode, records: JSON.parse(stdout) }).toEqual({ exitCode: 0, records: [] });
  expect(stderr).toContain(`run ${runId}: the list names 20 communities fewer than are mirrored`);
  expect(stderr).toContain(`deletions --approve ${runId}`);
}, 60_000);

it('approved without the key it is refused by name, and waits on', async () => {
  const { TENCENT_CHAT_SECRET_KEY: _key, ...keyless } = env;
  const { exitCode, stderr } = await topicMirror(['deletions', '--approve', runId], keyless);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('TENCENT_CHAT_SECRET_KEY');
}, 60_000);

it('approved it asks for them, deletes those that are gone, and is COMPLETE', async () => {
  const { exitCode, stdout } = await topicMirror(['deletions', '--approve', runId, '--json'], env);
  expect({ exitCode, summary: JSON.parse(stdout) }).toMatchObject({
    exitCode: 0,
    summary: { runId, status: 'COMPLETE', communities: { deleted: 20 }, topics: { missing: 0, held: 0 } },
  });
  const again = await topicMirror(['deletions', '--approve', runId], env);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('it was approved at');
}, 60_000);
