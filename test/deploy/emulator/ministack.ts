import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { spawnGroup, stopGroup } from '../child.ts';
import { BIN, CACHE } from '../paths.ts';
import { waitFor } from '../wait.ts';
import { installMiniStack } from './installation.ts';

/** A running MiniStack. */
export interface MiniStack {
  readonly url: string;
  /** Settings that make the SDK and the CDK's command line work on it. */
  readonly env: Readonly<Record<string, string>>;
  /** The last lines that it logged, the functions' output among them. */
  lastLines(count: number): string[];
  /** Stops it and its functions. @throws {Error} naming the processes that are left */
  stop(): Promise<void>;
}

/** The log of the last run stays: it holds the functions' output as well. */
export const LOG_FILE = join(CACHE, 'ministack.log');

const LAUNCHER = join(import.meta.dirname, 'launcher.py');

/**
 * Starts MiniStack on a free loopback port, with IAM policies enforced.
 * @param folder an empty folder for everything that it writes
 */
export async function startMiniStack(folder: string): Promise<MiniStack> {
  const python = await installMiniStack();
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const log = openSync(LOG_FILE, 'w');
  const url = `http://127.0.0.1:${port}`;
  const child = spawnGroup(python, [LAUNCHER], {
    cwd: folder,
    // The launcher ends with its standard input; nothing is ever written to it.
    stdio: ['pipe', log, log],
    env: environment(port, folder),
  });
  closeSync(log);
  const lastLines = (count: number) => readFileSync(LOG_FILE, 'utf8').trimEnd().split('\n').slice(-count);
  await healthy(url, child).catch(async (error: Error) => {
    await stopGroup(child);
    throw new Error(`${error.message}; it said:\n${lastLines(20).join('\n')}`);
  });
  const env = { AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_S3: url, ...CREDENTIALS };
  return { url, env, lastLines, stop: () => stopGroup(child) };
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };

function environment(port: number, folder: string): Record<string, string> {
  return {
    ...CREDENTIALS,
    // Functions run on whatever `node` comes first.
    PATH: [BIN, process.env['PATH']].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    // The host of the queues' URLs.
    MINISTACK_HOST: '127.0.0.1',
    AUTH: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}

async function healthy(url: string, child: ChildProcess): Promise<void> {
  await waitFor('MiniStack to be healthy', { timeoutMs: 30_000, everyMs: 100 }, async () => {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with exit code ${child.exitCode}`);
    const response = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    return response?.ok ? true : undefined;
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
