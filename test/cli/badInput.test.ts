import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LAYOUT } from '../../local/embeddedStore.ts';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, topicMirror } from './topicMirror.ts';

let simulator: Simulator;
let endpoint: string;
/** A loopback port on which nothing listens any more. */
let refusing: string;

beforeAll(async () => {
  const gone = createSimulator();
  refusing = await gone.listen();
  await gone.close();
  simulator = createSimulator({ communities: 5, rateLimits: { listPerSecond: Number.POSITIVE_INFINITY } });
  endpoint = await simulator.listen();
});

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

const WRONG: readonly [what: string, change: Record<string, string>, says: RegExp][] = [
  [
    'an unknown region',
    { TENCENT_CHAT_ENDPOINT: '', TENCENT_CHAT_REGION: 'atlantis' },
    /TENCENT_CHAT_REGION.*singapore/,
  ],
  ['a missing region', { TENCENT_CHAT_ENDPOINT: '' }, /TENCENT_CHAT_REGION/],
  [
    'an SDKAppID that is no integer',
    { TENCENT_CHAT_SDK_APP_ID: '14e8x' },
    /TENCENT_CHAT_SDK_APP_ID.*integer/,
  ],
  ['a missing SDKAppID', { TENCENT_CHAT_SDK_APP_ID: '' }, /TENCENT_CHAT_SDK_APP_ID is not set/],
  ['http to another machine', { TENCENT_CHAT_ENDPOINT: 'http://192.0.2.1' }, /TENCENT_CHAT_ENDPOINT.*https/],
  ['a missing key', { TENCENT_CHAT_SECRET_KEY: '' }, /TENCENT_CHAT_SECRET_KEY is not set/],
  ['a wrong key', { TENCENT_CHAT_SECRET_KEY: 'not-the-key' }, /70003/],
  [
    'a budget above the ceiling',
    { TOPIC_MIRROR_CALLS_PER_SECOND: '201' },
    /TOPIC_MIRROR_CALLS_PER_SECOND.*195/,
  ],
];

describe('sync with bad input', () => {
  it.each(WRONG)('%s is one clear line, exit 1, and nothing is written', async (_what, change, says) => {
    const dataDir = freshDataDir();
    const { exitCode, stdout, stderr } = await topicMirror(['sync'], {
      ...settingsFor(endpoint, dataDir),
      ...change,
    });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('not-the-key');
    expect(stderr).not.toMatch(/eJ[\w*-]{20}/);
    expect({ exitCode, stdout, written: existsSync(dataDir) }).toEqual({
      exitCode: 1,
      stdout: '',
      written: false,
    });
  });

  it.each([
    ['refuses', () => refusing, 'refused the connection'],
    ['DNS does not know', () => 'https://nowhere.invalid', 'is not known to DNS'],
  ])('a host that %s is one clear line, exit 3, and nothing is written', async (_what, host, says) => {
    const dataDir = freshDataDir();
    const { exitCode, stderr } = await topicMirror(['sync'], settingsFor(host(), dataDir));
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`${new URL(host()).host} ${says}`);
    expect({ exitCode, written: existsSync(dataDir) }).toEqual({ exitCode: 3, written: false });
  });

  it('a data directory that cannot be made is one clear line at once, exit 1', async () => {
    const { exitCode, stderr } = await topicMirror(['sync'], settingsFor(endpoint, '/proc/nobody/data'));
    expect(stderr).toMatch(
      /^topic-mirror: the data directory \/proc\/nobody\/data \(TOPIC_MIRROR_DATA_DIR\) cannot be used: it cannot be made \(ENOENT\)\n$/,
    );
    expect(exitCode).toBe(1);
  });

  it('a damaged data directory is one clear line, exit 1, and stays as it is', async () => {
    const dataDir = freshDataDir();
    mkdirSync(join(dataDir, 'store'), { recursive: true });
    writeFileSync(join(dataDir, 'store', 'CURRENT'), 'garbage');
    writeFileSync(join(dataDir, 'layout'), LAYOUT);
    const { exitCode, stderr } = await topicMirror(['sync'], settingsFor(endpoint, dataDir));
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/data directory .* is damaged/s);
    expect(exitCode).toBe(1);
    expect(readdirSync(dataDir).sort()).toEqual(['layout', 'store']);
  });

  it('an AWS endpoint that does not answer is exit 3', async () => {
    const env = { ...settingsFor(endpoint, freshDataDir()), AWS_ENDPOINT_URL_DYNAMODB: refusing };
    const { exitCode, stderr } = await topicMirror(['sync'], env);
    expect(stderr).toContain(`DynamoDB server at ${refusing}`);
    expect(exitCode).toBe(3);
  });
});

describe('other commands with bad input', () => {
  it.each([
    [['frobnicate'], /unknown command/],
    [['topics', '--status', 'gone'], /active, missing, deleted, all/],
    [['topics', '--format', 'xml'], /table, json, jsonl, csv/],
    [['runs', '--limit', 'many'], /--limit is "many"; it must be a positive whole number/],
    [['changes'], /one of --since.* and --day/],
    [['changes', '--since', '7d', '--day', '2026-11-22'], /one of --since.* and --day/],
    [['changes', '--since', 'yesterday'], /--since is "yesterday"; .*24h/],
    [['changes', '--day', '2026-02-30'], /--day is "2026-02-30"; .*2026-11-22/],
    [['changes', '--day', '2026-11-22', '--kind', 'gone'], /--kind.* created, updated, deleted, restored/],
    [['history', '--group', '@TGS#_a'], /--topic <id>/],
    [['active', '--limit', '0'], /--limit is "0"; .*positive whole number/],
    [['stats', '--days', '-1'], /--days is "-1"; .*positive whole number up to 36500/],
    [['simulate', '--port', '99999'], /--port.*65535/],
    [['topics', '--group', ''], /--group is ""; say <id>/],
    [
      ['deletions', '--approve', '../../x'],
      /--approve is "\.\.\/\.\.\/x"; it must be a run's id such as 2026-/,
    ],
    [['redrive', '--run', '../../x'], /--run is "\.\.\/\.\.\/x"; it must be a run's id such as 2026-/],
    [['deletions', '--approve', '2026-11-22'], /--approve is "2026-11-22"; it must be a run's id/],
    [['deletions', '--approve', ''], /--approve is ""; say <run>/],
    [['active', '--run', ''], /--run is ""; say <run>/],
    [['export', '--out', ''], /--out is ""; say <folder>/],
    [['report', '--out', ''], /--out is ""; say <file>/],
    [['deletions', '--json'], /--json goes with --approve; .*--format json/],
    [
      ['topics', '--created-from', '2999-01-01'],
      /--created-from 2999-01-01T00:00:00.000Z lies in the future/,
    ],
    [['export'], /one of --out/],
    [['export', '--verify', '.', '--format', 'csv'], /--verify.*cannot be used with.*--format/],
    [['export', '--verify', import.meta.filename], /badInput\.test\.ts is a file; name a folder/],
  ])('%j is refused with what is allowed, exit 1', async (args, says) => {
    const { exitCode, stderr } = await topicMirror(args, {});
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(1);
  });

  it('a listing of nothing says how to begin and makes no data directory', async () => {
    const dataDir = freshDataDir();
    const { exitCode, stderr } = await topicMirror(['topics'], { TOPIC_MIRROR_DATA_DIR: dataDir });
    expect(stderr).toMatch(/nothing is mirrored .* run .*sync/);
    expect({ exitCode, written: existsSync(dataDir) }).toEqual({ exitCode: 1, written: false });
  });
});
