import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FILES, lookInto } from '../../../cli/export/folder.ts';
import { EXPORT_FORMATS } from '../../../cli/export/formats/format.ts';
import type { Manifest } from '../../../cli/export/manifest.ts';
import { TABLE_NAMES } from '../../../cli/export/tables.ts';
import { differencesIn } from '../../../cli/export/verify.ts';
import type { Mirror } from '../../../cli/mirror.ts';
import { topicRecord } from '../../../cli/records.ts';
import { runNight } from '../../../local/night.ts';
import { allCommunities } from '../../../shared/catalog/communities.ts';
import { topicsOf } from '../../../shared/catalog/topics.ts';
import { collect } from '../../support/collect.ts';
import { createWorld, type World } from '../../support/world.ts';
import { load } from './duckdb.ts';
import { begun, exported, partsOf, withKills } from './exporting.ts';
import { useFolders } from './folders.ts';

const freshFolder = useFolders();
let world: World;
let mirror: Mirror;
/** The first night's export, made before the second night, and the runs. */
let early: { folder: string; manifest: Manifest };
let runs: [string, string];

beforeAll(async () => {
  world = await createWorld({ communities: 60, topicsPerCommunity: 6 });
  mirror = { store: world.parts.store, sdkAppId: world.parts.app.sdkAppId };
  const first = await night();
  const folder = freshFolder();
  early = { folder, manifest: await exported(mirror, folder, { runId: first, format: 'jsonl' }) };
  world.simulator.app().mutate({
    ...{ edits: 20, deletions: 12, creations: 9, messages: 40, disbandings: 2, newCommunities: 3 },
  });
  runs = [first, await night()];
}, 60_000);

afterAll(() => world.close());

async function night(): Promise<string> {
  const runId = new Date().toISOString();
  const { status } = await runNight({ parts: world.parts, runId });
  expect(status).toBe('COMPLETE');
  return runId;
}

const contentsOf = ({ tables }: Manifest) =>
  TABLE_NAMES.map((name) => ({ name, rows: tables[name].rows, checksum: tables[name].checksum }));

describe('an export as of the first night, made after the second', () => {
  let late: { folder: string; manifest: Manifest };
  beforeAll(async () => {
    const folder = freshFolder();
    late = { folder, manifest: await exported(mirror, folder, { runId: runs[0], format: 'jsonl' }) };
  });

  it.each(['topics', 'changes', 'runs'] as const)('has the %s of one that was made before', (table) => {
    const { rows, checksum } = early.manifest.tables[table];
    expect(late.manifest.tables[table]).toMatchObject({ rows, checksum });
    expect(rows).toBeGreaterThan(0);
  });

  it('has its communities, but for when and how they were last synced', async () => {
    const sql = 'SELECT groupId, status, topicCount FROM communities ORDER BY groupId';
    const [then, now] = await Promise.all([early.folder, late.folder].map(load));
    const expected = await then?.query(sql);
    expect(await now?.query(sql)).toEqual(expected);
    expect(expected?.length).toBe(60);
    expect(await now?.query('SELECT count(lastRunId) AS known FROM communities')).toEqual([{ known: 0 }]);
    for (const loaded of [then, now]) loaded?.close();
  });

  it('says how much of it has been written since', () => {
    expect(early.manifest.writtenSince).toEqual({ topics: 0, communities: 0 });
    const { topics, communities } = late.manifest.writtenSince;
    // Edited, posted in or deleted, some of them twice.
    expect(topics).toBeGreaterThan(60);
    expect(communities).toBe(60);
  });
});

describe('an export of the newest run', () => {
  let exports: { folder: string; manifest: Manifest }[];
  beforeAll(async () => {
    exports = await Promise.all(
      EXPORT_FORMATS.map(async (format) => {
        const folder = freshFolder();
        return { folder, manifest: await exported(mirror, folder, { runId: runs[1], format }) };
      }),
    );
  });

  it('holds the same in every format', () => {
    const [first, ...others] = exports.map(({ manifest }) => contentsOf(manifest));
    for (const other of others) expect(other).toEqual(first);
  });

  it('is read by DuckDB with the counts and checksums of its manifest', async () => {
    for (const { folder, manifest } of exports) {
      const loaded = await load(folder);
      for (const { name, ...expected } of contentsOf(manifest))
        expect({ name, ...(await loaded.contents(name)) }).toEqual({ name, ...expected });
      loaded.close();
    }
  });

  it('has the topics that the listing prints, tombstones included', async () => {
    const listed: string[] = [];
    for await (const { groupId } of allCommunities(mirror.store, mirror.sdkAppId))
      for await (const topic of topicsOf(mirror.store, mirror.sdkAppId, groupId)) {
        const { topicId, status, topicName, nextMsgSeq } = { ...topicRecord(topic), ...topic.details };
        listed.push(JSON.stringify([groupId, topicId, status, topicName, nextMsgSeq]));
      }
    const loaded = await load(exports[0]?.folder ?? '');
    const rows = await loaded.query('SELECT groupId, topicId, status, topicName, nextMsgSeq FROM topics');
    loaded.close();
    expect(rows.map((row) => JSON.stringify(Object.values(row))).sort()).toEqual(listed.sort());
    expect(rows.filter(({ status }) => status === 'deleted').length).toBeGreaterThan(11);
  });

  it('counts in each community the active topics that it has', async () => {
    const loaded = await load(exports[0]?.folder ?? '');
    const wrong = await loaded.query(
      `SELECT c.groupId FROM communities c LEFT JOIN topics t ON t.groupId = c.groupId AND t.status = 'active'
       GROUP BY c.groupId, c.topicCount HAVING count(t.topicId) <> c.topicCount`,
    );
    loaded.close();
    expect(wrong).toEqual([]);
  });
});

describe('an export that is killed', () => {
  it.each([
    { every: 11, rows: 15 },
    { every: 17, rows: 60 },
  ])(
    'every $every communities is gone on with, and ends as one that is not',
    async ({ every, rows }) => {
      const folder = freshFolder();
      const first = await begun(mirror, runs[1], 'parquet');
      const size = { partSize: { rows, bytes: 1 << 30 } };
      const { manifest, kills } = await withKills(mirror, folder, first, { every, ...size });
      expect(kills).toBeGreaterThan(2);
      const whole = await exported(mirror, freshFolder(), { runId: runs[1], format: 'parquet' });
      expect(contentsOf(manifest)).toEqual(contentsOf(whole));
      expect(await collect(differencesIn(folder, manifest))).toEqual([]);
      expect(readdirSync(folder).sort()).toEqual([...TABLE_NAMES, FILES.manifest, FILES.views].sort());
      const loaded = await load(folder);
      for (const { name, ...expected } of contentsOf(manifest))
        expect(await loaded.contents(name)).toEqual(expected);
      loaded.close();
    },
    60_000,
  );

  it('leaves out what it had not come to count', async () => {
    const folder = freshFolder();
    const first = await begun(mirror, runs[1], 'csv');
    let left = 20;
    const onCommunity = () => {
      if (--left === 0) throw new Error('killed');
    };
    const size = { partSize: { rows: 30, bytes: 1 << 30 } };
    await expect(
      exported(mirror, folder, { runId: runs[1], format: 'csv' }, { ...size, onCommunity }),
    ).rejects.toThrow('killed');
    // As if it had been killed between naming a part and noting it.
    writeFileSync(join(folder, 'topics', 'part-00077.csv'), 'half');
    const { manifest } = await withKills(mirror, folder, first, { every: 1000 });
    expect(await collect(differencesIn(folder, manifest))).toEqual([]);
    expect(readdirSync(join(folder, 'topics'))).toEqual(
      manifest.tables.topics.files.map(({ path }) => path.replace('topics/', '')),
    );
  });

  it('by a signal can be gone on with, too', async () => {
    const folder = freshFolder();
    const controller = new AbortController();
    const onCommunity = () => controller.abort(new Error('interrupted'));
    const { signal } = controller;
    await expect(
      exported(mirror, folder, { runId: runs[1], format: 'jsonl' }, { signal, onCommunity }),
    ).rejects.toThrow('interrupted');
    expect(lookInto(folder)).toMatchObject({ kind: 'unfinished', progress: { run: { runId: runs[1] } } });
  });
});

describe('comparing an export with its manifest', () => {
  it('finds a file that is gone, changed, shorter, or not its own', async () => {
    const folder = freshFolder();
    const manifest = await exported(mirror, folder, { runId: runs[1], format: 'jsonl' }, partsOf(folder));
    const write = (table: string, text: string) =>
      writeFileSync(join(folder, table, 'part-00000.jsonl'), text);
    const { bytes } = manifest.tables.changes.files[0] ?? { bytes: 0 };
    write('topics', '');
    write('changes', 'x'.repeat(bytes));
    writeFileSync(join(folder, 'runs', 'part-00001.jsonl'), '');
    const [{ bytes: topicBytes } = { bytes: 0 }] = manifest.tables.topics.files;
    expect(await collect(differencesIn(folder, manifest))).toEqual([
      `topics/part-00000.jsonl has 0 bytes instead of ${topicBytes}`,
      'changes/part-00000.jsonl is not what was written',
      'runs/part-00001.jsonl is not in the manifest',
    ]);
  });
});
