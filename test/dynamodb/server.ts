import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGroup, stopGroup } from '../deploy/child.ts';
import { waitFor } from '../deploy/wait.ts';
import { installDynamoDbLocal } from './installation.ts';

/** A running DynamoDB Local. */
export interface DynamoDbLocal {
  readonly url: string;
  stop(): Promise<void>;
}

const MAIN = 'software.amazon.dynamodb.services.local.main.ServerRunner';

/**
 * Starts DynamoDB Local on a free loopback port, its tables in memory: one set of them for each access key.
 * @throws {Error} with what it said, when it does not answer
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const folder = await installDynamoDbLocal();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const java = [`-Djava.library.path=${folder}`, '-cp', join(folder, '*'), MAIN];
  const child = spawnGroup('java', [...java, '-inMemory', '-disableTelemetry', '-port', `${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with ${child.exitCode}`);
    return (await fetch(url).catch(() => sleep(100))) ? true : undefined;
  };
  await waitFor('DynamoDB Local to answer', { timeoutMs: 60_000 }, answers).catch(async (error: Error) => {
    await stopGroup(child);
    throw new Error(`${error.message}; it said:\n${said}`);
  });
  return { url, stop: () => stopGroup(child) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
