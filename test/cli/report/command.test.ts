import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openStore } from '../../../local/servers.ts';
import { writeSample } from '../../browser/sampleCatalog.ts';
import { cleanUp, freshDataDir, topicMirror } from '../topicMirror.ts';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let dataDir: string;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  dataDir = freshDataDir();
  folder = dirname(dataDir);
  env = { TOPIC_MIRROR_DATA_DIR: dataDir, TENCENT_CHAT_SDK_APP_ID: '1400000000' };
  const { client, table, close } = await openStore(env);
  const sample = { communities: 5, topicsPerCommunity: 3, days: 4, lastDay: '2026-11-22' };
  await writeSample({ client, table }, 1_400_000_000, sample);
  await close();
}, 60_000);

afterAll(cleanUp);

describe('report', () => {
  it('writes one page, prints where it is, and replaces it the next time', async () => {
    const out = join(folder, 'report.html');
    for (const _ of [1, 2]) {
      const { exitCode, stdout, stderr } = await topicMirror(['report', '--out', out], env);
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: `${out}\n`, stderr: '' });
    }
    const page = readFileSync(out, 'utf8');
    expect(page).toContain('Run of 22 November 2026, 02:00');
    // Nothing that a browser would fetch.
    expect(page).not.toMatch(/\b(src|srcset|href)="(?!#)|@import|url\(/);
    expect(readdirSync(folder).sort()).toEqual(['data', 'report.html']);
  });

  it('does not overwrite what is no report, before anything is read, unless it is told to', async () => {
    const out = join(folder, 'notes.html');
    writeFileSync(out, 'my notes');
    const refused = await topicMirror(['report', '--out', out], { TOPIC_MIRROR_DATA_DIR: '/nowhere' });
    expect(refused.stderr).toMatch(/notes\.html.* is no report; .*--force/);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(readFileSync(out, 'utf8')).toBe('my notes');
    expect((await topicMirror(['report', '--out', out, '--force'], env)).exitCode).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('Topic Mirror');
  });

  it.each([
    [['--out', '/no/such/folder/report.html'], /no folder .*make it first/],
    [['--days', '0'], /--days is "0"; .*positive whole number/],
    [['--rows', '1e9'], /--rows is "1e9"; .*up to 500000/],
  ])('%j is refused with what is allowed, exit 1', async (args, says) => {
    const { exitCode, stderr } = await topicMirror(['report', ...args], env);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(1);
  });

  it('of nothing mirrored says how to begin, exit 1, and makes nothing', async () => {
    const elsewhere = freshDataDir();
    const out = join(dirname(elsewhere), 'report.html');
    const { exitCode, stderr } = await topicMirror(['report', '--out', out], {
      TOPIC_MIRROR_DATA_DIR: elsewhere,
    });
    expect(stderr).toMatch(/nothing is mirrored .* run .*sync/);
    expect({ exitCode, made: existsSync(out) || existsSync(elsewhere) }).toEqual({
      exitCode: 1,
      made: false,
    });
  });

  it('of a store that does not answer is exit 3', async () => {
    const out = join(folder, 'unreachable.html');
    const broken = { ...env, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };
    mkdirSync(folder, { recursive: true });
    expect((await topicMirror(['report', '--out', out], broken)).exitCode).toBe(3);
    expect(existsSync(out)).toBe(false);
  });
});
