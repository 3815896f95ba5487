import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicMirror } from '../topicMirror.ts';
import { type Deployed, deploy, SYNC_FUNCTION } from './deployed.ts';

let deployed: Deployed;

beforeAll(async () => {
  deployed = await deploy();
});
afterAll(() => deployed.close());

const check = (...args: string[]) => topicMirror(['check', '--stack', 'prod', ...args], deployed.env);

describe('check of a deployed mirror', () => {
  it('says that the account lets enough functions run at once', async () => {
    deployed.aws.taught.concurrency = { unreserved: 13, consumers: { [SYNC_FUNCTION]: 10 } };
    const { exitCode, stdout } = await check();
    expect(stdout).toContain('✓ concurrency: the stack needs 13 functions at once, the account has 13');
    expect(exitCode).toBe(0);
  });

  it('says what to do where it does not', async () => {
    deployed.aws.taught.concurrency = { unreserved: 10, consumers: { [SYNC_FUNCTION]: 10 } };
    const { exitCode, stdout } = await check('--app', String(deployed.sdkAppId));
    expect(stdout).toMatch(
      /✗ concurrency: the stack needs 13 functions at once, and the account has 10 .*Service Quotas.*maxConcurrency/,
    );
    expect(exitCode).toBe(1);
  });
});
