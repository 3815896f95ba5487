import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DEFAULT_SECRET_KEY } from '../../simulator/index.ts';

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = join(import.meta.dirname, '..', '..');

/** Only what a shell has anyway: settings of the developer's own must not reach a test. */
const BASE = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(TENCENT_|TOPIC_MIRROR_|AWS_|NODE_OPTIONS|(https?|all|no)_proxy$)/i.test(name),
  ),
);

const running = new Set<ChildProcess>();

const folders: string[] = [];

/** Ends what a failed test has left running, which would keep the test runner waiting, and removes its data. */
export function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Starts the command line as a user does. @param under a command that runs what is named behind it */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  under: readonly string[] = [],
) {
  const [command = '', ...words] = [...under, process.execPath, join(ROOT, 'cli/main.ts'), ...args];
  const child = spawn(command, words, {
    cwd: ROOT,
    env: { ...BASE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
    ([[exitCode, signal], stdout, stderr]): Ended => ({ exitCode, signal, stdout, stderr }),
  );
  return { child, ended };
}

/** Runs the command line to its end. */
export function topicMirror(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  under?: readonly string[],
): Promise<Ended> {
  return start(args, env, under).ended;
}

/** A data directory that does not exist yet. */
export function freshDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-test-'));
  folders.push(folder);
  return join(folder, 'data');
}

/** Settings for a simulated app. */
export function settingsFor(endpoint: string, dataDir: string): Record<string, string> {
  return {
    TENCENT_CHAT_SDK_APP_ID: '1400000000',
    TENCENT_CHAT_SECRET_KEY: DEFAULT_SECRET_KEY,
    TENCENT_CHAT_ENDPOINT: endpoint,
    TOPIC_MIRROR_DATA_DIR: dataDir,
  };
}
