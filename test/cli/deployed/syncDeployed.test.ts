import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, type SyncEvents, syncDeployed } from '../../../cli/deployed/sync.ts';
import { EXIT } from '../../../cli/exit.ts';
import { type Deployed, deploy, LIST_FUNCTION } from './deployed.ts';

const NOW = Date.parse('2026-11-22T20:00:00.000Z');
const RUN_ID = new Date(NOW).toISOString();

let deployed: Deployed;
let shell: NodeJS.ProcessEnv;

beforeEach(async () => {
  deployed = await deploy();
  shell = process.env;
  process.env = { ...shell, ...deployed.env };
});

afterEach(async () => {
  process.env = shell;
  await deployed.close();
});

const events: SyncEvents = {
  label: 'syncing',
  onStarted: () => {},
  onJoined: () => {},
  interruption: () => new AbortController().signal,
};

/** A clock on which every wait takes half a minute, and no time at all. */
function hastyClock(onSleep = async () => {}): Clock {
  let time = NOW;
  return {
    now: () => time,
    sleep: async () => {
      time += 30_000;
      await onSleep();
    },
  };
}

describe('a deployed run that cannot be watched to its end', () => {
  it.each([
    ['as the function says', { [LIST_FUNCTION]: 'prod-logs-7F3A' }, 'prod-logs-7F3A'],
    ['the usual one where the function may not be asked', {}, `/aws/lambda/${LIST_FUNCTION}`],
  ])('because it does not begin is an error that names the log group, %s', async (_which, groups, group) => {
    deployed.aws.taught.logGroups = groups;
    await expect(syncDeployed('prod', undefined, events, hastyClock())).rejects.toMatchObject({
      message: `the function ${LIST_FUNCTION} was asked for the run ${RUN_ID} and has not begun it in 60 s; its log group ${group} says why`,
      exitCode: EXIT.unreachable,
    });
    expect(deployed.aws.invoked).toMatchObject([{ event: { scheduledTime: RUN_ID } }]);
  });

  it('because the credentials expire goes on, which is said', async () => {
    const table = await openExpiringTable();
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = table.endpoint;
    const joined: string[] = [];
    const onJoined = (runId: string) => joined.push(runId);
    const watched = syncDeployed('prod', undefined, { ...events, onJoined }, hastyClock(table.expire));
    await expect(watched.finally(table.close)).rejects.toMatchObject({
      message: `the AWS credentials have expired; renew them (with a profile: "aws sso login" or "aws login") and try again; the run ${RUN_ID} goes on without being watched`,
      exitCode: EXIT.usage,
    });
    expect(joined).toEqual([RUN_ID]);
  });
});

/** A table with one open run, until it takes the credentials no more. */
async function openExpiringTable() {
  const item = { runId: { S: RUN_ID }, status: { S: 'RUNNING' }, startedAt: { S: RUN_ID } };
  let expired = false;
  const server = createServer((_request, response) => {
    response.writeHead(expired ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify(expired ? { __type: 'ExpiredTokenException' } : { Items: [item], Item: item }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expire: async () => {
      expired = true;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
