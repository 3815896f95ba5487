import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../cli/export/manifest.ts';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { cleanUp, freshDataDir, settingsFor, start, topicMirror } from '../cli/topicMirror.ts';

let simulator: Simulator;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  simulator = createSimulator({ communities: 120, topicsPerCommunity: 5 });
  env = settingsFor(await simulator.listen(), freshDataDir());
  expect((await topicMirror(['sync'], env)).exitCode).toBe(0);
  folder = join(dirname(freshDataDir()), 'export');
}, 60_000);

afterAll(async () => {
  cleanUp();
  await simulator.close();
});

const exporting = (...more: string[]) => topicMirror(['export', '--out', folder, ...more], env);
const manifest = () => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

describe('export', () => {
  it('killed, is gone on with by the same command', async () => {
    const killed = start(['export', '--out', folder], env);
    while (!existsSync(join(folder, '.progress.json'))) await sleep(5);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
    const { exitCode, stdout, stderr } = await exporting();
    expect(stderr).toMatch(/^going on with the export of the run .* in /);
    expect(stdout).toMatch(/: parquet as of the end of the run /);
    expect(exitCode).toBe(0);
    expect(manifest().tables.communities.rows).toBe(120);
  }, 60_000);

  it('of what is there already does nothing, and says so', async () => {
    const before = manifest();
    const { exitCode, stderr } = await exporting();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'it is there already; --force makes it anew\n',
    });
    expect(manifest()).toEqual(before);
  });

  it('over another export is refused, unless it is forced', async () => {
    const { exitCode, stderr } = await exporting('--format', 'jsonl');
    expect(stderr).toBe(
      `topic-mirror: --out ${folder} holds another export: its format is parquet; name another folder, or --force\n`,
    );
    expect(exitCode).toBe(1);
    const before = manifest().tables.topics.checksum;
    expect((await exporting('--format', 'jsonl', '--force')).exitCode).toBe(0);
    expect(manifest()).toMatchObject({ format: 'jsonl', tables: { topics: { checksum: before } } });
    expect(existsSync(join(folder, 'topics', 'part-00000.parquet'))).toBe(false);
  }, 30_000);

  it('--verify ends with 0 when nothing differs, and with 2 and what does', async () => {
    const verify = () => topicMirror(['export', '--verify', folder], env);
    expect((await verify()).exitCode).toBe(0);
    appendFileSync(join(folder, 'topics', 'part-00000.jsonl'), '\n');
    const { exitCode, stderr, stdout } = await verify();
    expect(stderr).toMatch(/^topics\/part-00000\.jsonl has \d+ bytes instead of \d+\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each<[string, string[], (folder: string) => void, RegExp]>([
    [
      'a folder of something else',
      [],
      (out) => writeFileSync(join(out, 'thesis.txt'), 'mine'),
      /\S+ holds something else: "thesis\.txt" in it is not of an export; name another folder/,
    ],
    [
      'a folder of something else, forced',
      ['--force'],
      (out) => {
        mkdirSync(join(out, 'topics'));
        writeFileSync(join(out, 'topics', 'mine.txt'), 'mine');
      },
      /\S+ holds something else: it has topics, but nothing that says of which export/,
    ],
    ['a run that is not there', ['--run', 'R'], () => {}, /--run is "R", which is not in the ledger/],
    ['nothing to write to', [], () => {}, /export takes one of --out, a folder to write to, and --verify/],
  ])('refuses %s and writes nothing', async (what, flags, prepare, message) => {
    const out = join(dirname(freshDataDir()), 'out');
    mkdirSync(out);
    prepare(out);
    const where = what === 'nothing to write to' ? [] : ['--out', out];
    const { exitCode, stderr } = await topicMirror(['export', ...where, ...flags], env);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(1);
    expect(existsSync(join(out, 'manifest.json'))).toBe(false);
  });

  it('refuses at once a folder that cannot be made', async () => {
    const { exitCode, stderr } = await topicMirror(['export', '--out', '/proc/nobody/out'], env);
    expect(stderr).toMatch(/^topic-mirror: --out \/proc\/nobody\/out cannot be written: ENOENT.*\n$/);
    expect(exitCode).toBe(1);
  });

  it('waits for no other export in the same folder', async () => {
    const out = join(dirname(freshDataDir()), 'out');
    mkdirSync(out);
    writeFileSync(join(out, '.lock'), `${process.pid}\n`);
    const { exitCode, stderr } = await topicMirror(['export', '--out', out], env);
    expect(stderr).toContain(`is being written by the process ${process.pid}; wait for it to end`);
    expect(exitCode).toBe(1);
  });
});
