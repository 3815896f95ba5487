import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { runNight } from '../../../local/night.ts';
import { RUN } from '../../support/worldEvents.ts';
import { type Deployed, deploy } from '../deployed/deployed.ts';
import { cleanUp, topicMirror } from '../topicMirror.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy();
  await runNight({ parts: deployed.world.parts, runId: RUN });
}, 60_000);

afterAll(async () => {
  cleanUp();
  await deployed.close();
});

it('a report of a deployed mirror is written here, and nothing else is made on this machine', async () => {
  const out = join(dirname(deployed.dataDir), 'report.html');
  const ended = await topicMirror(['report', '--stack', 'prod', '--out', out], deployed.env);
  expect(ended).toMatchObject({ exitCode: 0, stdout: `${out}\n`, stderr: '' });
  expect(readFileSync(out, 'utf8')).toContain(`Topics of app ${deployed.sdkAppId}`);
  expect(existsSync(deployed.dataDir)).toBe(false);
});
