import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { cleanUp, freshDataDir, settingsFor } from '../cli/topicMirror.ts';

// Two nights of the demonstration, in pieces, on a machine that may be busy.
jest.setTimeout(240_000);

const ROOT = join(import.meta.dirname, '..', '..');

/** Groups of processes that a failed test has left running. */
const groups = new Set<number>();

afterAll(() => {
  for (const group of groups) process.kill(-group, 'SIGKILL');
  cleanUp();
});

/** `npm start` in a group of processes of its own, as a shell has it. */
function npmStart(env: Record<string, string>) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--no-warnings', 'cli/start.ts'], {
    cwd: ROOT,
    env: { PATH, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  groups.add(child.pid as number);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (said.stdout += data));
  child.stderr.on('data', (data) => (said.stderr += data));
  return { child, said };
}

/** As a terminal does it: to each process of the group. */
function signalAll({ pid = 0 }: ChildProcess, signal: NodeJS.Signals): void {
  process.kill(-pid, signal);
}

/** Signals once something can be seen, and waits for the end of the whole group. */
async function interrupted(
  env: Record<string, string>,
  isSeen: (stdout: string) => boolean,
  signal: NodeJS.Signals = 'SIGINT',
) {
  const { child, said } = npmStart(env);
  const closed = once(child, 'close');
  while (!isSeen(said.stdout) && child.exitCode === null) await sleep(5);
  signalAll(child, signal);
  const [exitCode] = await closed;
  // The simulated app has the same output: it is closed when that has ended too.
  groups.delete(child.pid as number);
  return { ...said, exitCode };
}

const logLines = (dataDir: string) => {
  const folder = join(dataDir, 'logs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
};

const syncedIn = (dataDir: string) =>
  logLines(dataDir).filter((line) => line.includes('"event":"community.synced"')).length;

const LINE = 'topic-mirror: interrupted; the next npm start goes on from here\n';

describe('Ctrl-C in npm start', () => {
  it('ends it with one line and 130, whatever it is at, and spoils nothing: the app outlives the mirror', async () => {
    const dataDir = freshDataDir();
    const env = { TOPIC_MIRROR_DATA_DIR: dataDir };
    const now = () => syncedIn(dataDir);
    let synced = 0;
    const moments: [what: string, isSeen: (stdout: string) => boolean, signal?: NodeJS.Signals][] = [
      ['the app is being started', (stdout) => stdout.includes('No app is named')],
      ['the mirror is open', () => existsSync(join(dataDir, 'servers.json'))],
      ['a night is beginning', () => now() > synced],
      ['a night is under way', () => now() > synced + 200],
      ['a service manager ends all processes', () => now() > synced + 100, 'SIGTERM'],
      ['a night has ended', (stdout) => stdout.includes('First night: run')],
      ['the second night has ended', (stdout) => stdout.includes('Second night: run')],
      ['the catalog has been checked', (stdout) => stdout.includes('Checked: ')],
    ];
    for (const [what, isSeen, signal] of moments) {
      synced = now();
      const { exitCode, stderr } = await interrupted(env, isSeen, signal);
      expect({ what, exitCode, stderr }).toEqual({ what, exitCode: 130, stderr: LINE });
      expect(existsSync(join(dataDir, 'servers.json'))).toBe(false);
    }
    expect(
      logLines(dataDir).filter((line) => /"event":"(community\.failed|poller\.error)"/.test(line)),
    ).toEqual([]);
    const { child, said } = npmStart(env);
    expect((await once(child, 'close'))[0]).toBe(0);
    groups.delete(child.pid as number);
    expect(said.stderr).toBe('');
    expect(said.stdout).toContain('equal the app');
  });

  it('does not wait for an API that does not answer', async () => {
    // Whatever connects is left waiting.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const called = once(silent, 'connection');
    const { port } = silent.address() as { port: number };
    const { child, said } = npmStart(settingsFor(`http://127.0.0.1:${port}`, freshDataDir()));
    const closed = once(child, 'close');
    const [socket] = await called;
    signalAll(child, 'SIGINT');
    expect((await closed)[0]).toBe(130);
    groups.delete(child.pid as number);
    expect(said.stderr).toMatch(/^topic-mirror: interrupted; [^\n]+\n$/);
    socket.destroy();
    silent.close();
  });

  it('takes the simulated app along when the mirror is killed', async () => {
    const dataDir = freshDataDir();
    const { child } = npmStart({ TOPIC_MIRROR_DATA_DIR: dataDir });
    const closed = once(child, 'close');
    while (!existsSync(join(dataDir, 'servers.json'))) await sleep(5);
    child.kill('SIGKILL');
    // The app has the same output: this waits for it as well.
    expect(await closed).toEqual([null, 'SIGKILL']);
    groups.delete(child.pid as number);
  });
});
