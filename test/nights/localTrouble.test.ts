import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, type Ended, freshDataDir, settingsFor, topicMirror } from '../cli/topicMirror.ts';
import { NO_LIMITS } from '../support/world.ts';

// Several commands a test, on a machine that may be busy.
jest.setTimeout(240_000);

/** What a night of this app writes is more than the room below. */
const APP = { communities: 300, topicsPerCommunity: 20, quirks: false };

let simulator: Simulator;
let endpoint: string;

beforeAll(async () => {
  simulator = createSimulator({ ...APP, rateLimits: NO_LIMITS });
  endpoint = await simulator.listen();
});

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

const MOUNT = 'mount -t tmpfs -o size=3m none "$1"';

/** A shell that may mount file systems, which nobody else sees. */
const ownMounts = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c'];

const canMount = spawnSync('unshare', [...ownMounts.slice(1), MOUNT, 'sh', '/mnt']).status === 0;
if (!canMount) console.warn('skipped: a disk that is really full, since nothing can be mounted here');

function expectOneLine({ exitCode, stdout, stderr }: Ended, says: RegExp): void {
  expect(stderr).toMatch(/^topic-mirror: [^\n]+\n$/);
  expect(stderr).toMatch(says);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
}

/** The next sync goes on with the run that was cut off, and mirrors everything. */
function expectResumed({ exitCode, stdout, stderr }: Ended): void {
  expect(stderr).toMatch(/^resumed the unfinished run \S+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'COMPLETE',
    communities: { listed: APP.communities, failed: 0 },
    topics: { active: topicCount(), baseline: topicCount() },
  });
  expect(exitCode).toBe(0);
}

const topicCount = () => [...simulator.app().state()].flatMap(({ topics }) => topics).length;

const FULL =
  /cannot be used: there is no room left \(IO error: \S+: .+\); make some, and run the command again\n$/;

describe('a disk that is full in the middle of a night', () => {
  (canMount ? it : it.skip)(
    'ends it with one line and 3; once there is room, sync goes on with it',
    async () => {
      const disk = dirname(freshDataDir());
      // All of it in one shell: the mounts go with it.
      const script = [
        MOUNT,
        'shift; for size in 3m 3m 80m; do mount -o remount,size=$size "$0"; "$@" >"$OUT.$size" 2>"$ERR.$size"; echo $?; done',
      ].join(' && ');
      const told = dirname(freshDataDir());
      const env = settingsFor(endpoint, join(disk, 'data'));
      const ran = await topicMirror(
        ['sync', '--json'],
        { ...env, OUT: join(told, 'out'), ERR: join(told, 'err') },
        [...ownMounts, script, disk, disk],
      );
      expect(ran).toMatchObject({ stdout: '3\n3\n0\n', stderr: '' });
      const ended = (size: string, exitCode: number): Ended => ({
        exitCode,
        signal: null,
        stdout: readFileSync(join(told, `out.${size}`), 'utf8'),
        stderr: readFileSync(join(told, `err.${size}`), 'utf8'),
      });
      expectOneLine(ended('3m', 3), FULL);
      expect(ended('3m', 3).stderr).toContain('No space left on device');
      expectResumed(ended('80m', 0));
    },
  );

  it('is the same for a file that may not grow, without a disk of its own', async () => {
    const env = settingsFor(endpoint, freshDataDir());
    const limited = ['sh', '-c', 'ulimit -f 1500; exec "$@"', 'sh'];
    expectOneLine(await topicMirror(['sync', '--json'], env, limited), FULL);
    expectResumed(await topicMirror(['sync', '--json'], env));
    // All that was said to be written is there.
    const { stdout } = await topicMirror(['sync', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'COMPLETE',
      communities: { unchanged: APP.communities },
      topics: { active: topicCount(), created: 0, updated: 0, missing: 0 },
    });
  });
});

describe('too many open files', () => {
  it('end a night with one line and 3, wherever it stood; and sync goes on', async () => {
    const env = settingsFor(endpoint, freshDataDir());
    const ended: Ended[] = [];
    // From what the store cannot be opened with to what the night nearly ends with.
    for (const files of [30, 36, 42, 48, 54, 60]) {
      const limited = ['sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh'];
      ended.push(await topicMirror(['sync', '--json'], env, limited));
    }
    const refused = ended.filter(({ exitCode }) => exitCode !== 0);
    for (const one of refused) expectOneLine(one, /EMFILE|ECONNRESET|Too many open files/);
    const explained = refused.filter(({ stderr }) =>
      /too many files are open \(.+\); raise the limit \(ulimit -n\), and run the command again\n$/.test(
        stderr,
      ),
    );
    expect(explained.length).toBeGreaterThan(2);
    const { exitCode, stdout } = await topicMirror(['sync', '--json'], env);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETE', communities: { failed: 0 } });
    expect(exitCode).toBe(0);
  });
});

/** Rights mean nothing to root: there the commands run as nobody. */
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const unprivileged = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];

describe('a data directory that was good', () => {
  let dataDir: string;
  let env: Record<string, string>;
  const store = () => join(dataDir, 'store');
  const run = (...args: string[]) => topicMirror(args, env, unprivileged);

  beforeAll(async () => {
    dataDir = freshDataDir();
    env = settingsFor(endpoint, dataDir);
    mkdirSync(dataDir);
    for (const path of [dirname(dataDir), dataDir]) if (isRoot) chownSync(path, NOBODY, NOBODY);
    expect(await run('sync', '--json')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('and has become read-only is one line and 3; once it is writable, all is there', async () => {
    chmodSync(store(), 0o500);
    for (const args of [
      ['sync', '--json'],
      ['topics', '--format', 'jsonl'],
    ])
      expectOneLine(
        await run(...args),
        /it may not be written \(.+\); make it writable, and run the command again\n$/,
      );
    chmodSync(store(), 0o700);
    const { stdout } = await run('sync', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ communities: { unchanged: APP.communities } });
  });

  it('of which a file is cut off is one line and 3, for whatever comes to read it', async () => {
    const tables = readdirSync(store()).filter((name) => name.endsWith('.ldb'));
    expect(tables.length).toBeGreaterThan(0);
    for (const name of tables) truncateSync(join(store(), name), 10);
    const damaged =
      /its database is damaged \(.+\); move the folder away to begin anew, or restore it from a backup\n$/;
    for (const args of [
      ['sync', '--json'],
      ['topics', '--format', 'jsonl'],
      ['runs', '--format', 'jsonl'],
    ])
      expectOneLine(await run(...args), damaged);
  });
});
