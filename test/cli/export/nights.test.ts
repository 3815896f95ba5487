import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FILES, lookInto } from '../../../cli/export/folder.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../../cli/export/formats/format.ts';
import type { Manifest } from '../../../cli/export/manifest.ts';
import { TABLE_NAMES } from '../../../cli/export/tables.ts';
import { differencesIn } from '../../../cli/export/verify.ts';
import type { Mirror } from '../../../cli/mirror.ts';
import { runNight } from '../../../local/night.ts';
import { allCommunities } from '../../../shared/catalog/communities.ts';
import { topicsOf } from '../../../shared/catalog/topics.ts';
import { countersWith, joinDetails } from '../../../shared/sync/split.ts';
import { collect } from '../../support/collect.ts';
import { createWorld, type World } from '../../support/world.ts';
import { load } from './duckdb.ts';
import { begun, exported, partsOf, withKills } from './exporting.ts';
import { useFolders } from './folders.ts';

const freshFolder = useFolders();
let world: World;
let mirror: Mirror;
/** The exports that were made after each night but the last, before the next one. */
const early: Export[] = [];
const runs: string[] = [];
/** The newest of the runs. */
let newest: string;

/** An export, and where it is. */
interface Export {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What happens before the second night and before the third. */
const DAYS = [
  { edits: 20, deletions: 12, creations: 9, messages: 40, disbandings: 2, newCommunities: 3 },
  { edits: 10, deletions: 5, creations: 5, messages: 60, disbandings: 1 },
] as const;

beforeAll(async () => {
  world = await createWorld({ communities: 60, topicsPerCommunity: 6 });
  mirror = { store: world.parts.store, sdkAppId: world.parts.app.sdkAppId };
  for (const [nth, day] of DAYS.entries()) {
    const runId = await night();
    early.push(await exportOf(runId));
    world.simulator.app().mutate({ ...day, seed: nth });
  }
  newest = await night();
}, 60_000);

afterAll(() => world.close());

async function night(): Promise<string> {
  const runId = new Date().toISOString();
  const { status } = await runNight({ parts: world.parts, runId });
  expect(status).toBe('COMPLETE');
  runs.push(runId);
  return runId;
}

async function exportOf(runId: string, format: ExportFormat = 'jsonl'): Promise<Export> {
  const folder = freshFolder();
  return { folder, manifest: await exported(mirror, folder, { runId, format }) };
}

const contentsOf = ({ tables }: Manifest) =>
  TABLE_NAMES.map((name) => ({ name, rows: tables[name].rows, checksum: tables[name].checksum }));

/** The answer of an export that is loaded for it alone. */
async function asked({ folder }: Export, sql: string): Promise<Record<string, unknown>[]> {
  const loaded = await load(folder);
  const rows = await loaded.query(sql);
  loaded.close();
  return rows;
}

/** Counters among the unknown fields move without messages, and nobody keeps what they were. */
function withoutCounters(topic: Record<string, unknown>) {
  const extra = Object.entries(JSON.parse((topic['extra'] as string | null) ?? '{}'));
  return { ...topic, extra: extra.filter(([name]) => !countersWith([]).has(name)) };
}

describe.each([0, 1])('an export as of the night %i, made after the last', (nth) => {
  let then: Export;
  let late: Export;
  beforeAll(async () => {
    then = early[nth] as Export;
    late = await exportOf(runs[nth] ?? '');
  });

  it.each(['changes', 'activity', 'runs'] as const)('has the %s of one that was made before', (table) => {
    const { rows, checksum } = then.manifest.tables[table];
    expect(late.manifest.tables[table]).toMatchObject({ rows, checksum });
    // What the first answer of a community holds is neither a change nor a message.
    if (nth > 0 || table === 'runs') expect(rows).toBeGreaterThan(0);
  });

  it('has its topics, but for when the last message came to those that had some since', async () => {
    const all = 'SELECT * FROM topics ORDER BY groupId, topicId';
    const [before, after] = [await asked(then, all), await asked(late, all)];
    const later = await asked(
      await exportOf(newest),
      `SELECT DISTINCT groupId, topicId FROM activity WHERE runId > '${runs[nth]}'`,
    );
    const moved = new Set(later.map(({ groupId, topicId }) => `${groupId} ${topicId}`));
    const expected = before.map((topic) => {
      return moved.has(`${topic['groupId']} ${topic['topicId']}`) ? { ...topic, lastMsgTime: null } : topic;
    });
    expect(after.map(withoutCounters)).toEqual(expected.map(withoutCounters));
    expect(expected.filter(({ lastMsgTime }) => lastMsgTime === null).length).toBeGreaterThan(20);
  });

  it('has its communities, but for when and how they were last synced', async () => {
    const sql = 'SELECT groupId, status, topicCount FROM communities ORDER BY groupId';
    const expected = await asked(then, sql);
    expect(await asked(late, sql)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(59);
    // Nobody asks for one that is deleted, so nothing has overwritten it.
    const known = `SELECT count(lastRunId) AS known FROM communities WHERE status <> 'deleted'`;
    expect(await asked(late, known)).toEqual([{ known: 0 }]);
  });

  it('says how much of it has been written since', () => {
    expect(then.manifest.writtenSince).toEqual({ topics: 0, communities: 0 });
    const { topics, communities } = late.manifest.writtenSince;
    // Edited, posted in or deleted, some of them twice.
    expect(topics).toBeGreaterThan(60);
    expect(communities).toBeGreaterThan(59);
  });
});

describe('an export of the newest run', () => {
  let exports: Export[];
  beforeAll(async () => {
    exports = await Promise.all(EXPORT_FORMATS.map((format) => exportOf(newest, format)));
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
        const { topicId, status } = topic;
        const { topicName, nextMsgSeq, lastMsgTime } = joinDetails(topic.profile, topic.activity);
        listed.push(JSON.stringify([groupId, topicId, status, topicName, nextMsgSeq, lastMsgTime]));
      }
    const sql = 'SELECT groupId, topicId, status, topicName, nextMsgSeq, lastMsgTime FROM topics';
    const rows = await asked(exports[0] as Export, sql);
    expect(rows.map((row) => JSON.stringify(Object.values(row))).sort()).toEqual(listed.sort());
    expect(rows.filter(({ status }) => status === 'deleted').length).toBeGreaterThan(11);
  });

  it('counts in each community the active topics that it has', async () => {
    const wrong = await asked(
      exports[0] as Export,
      `SELECT c.groupId FROM communities c LEFT JOIN topics t ON t.groupId = c.groupId AND t.status = 'active'
       GROUP BY c.groupId, c.topicCount HAVING count(t.topicId) <> c.topicCount`,
    );
    expect(wrong).toEqual([]);
  });
});

describe('an export that is killed', () => {
  it.each([
    { death: { communities: 11 }, rows: 15 },
    { death: { communities: 17 }, rows: 40 },
    // At the messages, too.
    { death: { batches: 10 }, rows: 2 },
  ])(
    'after $death again and again is gone on with, and ends as one that is not',
    async ({ death, rows }) => {
      const folder = freshFolder();
      const first = await begun(mirror, newest, 'parquet');
      const size = { partSize: { rows, bytes: 1 << 30 } };
      const { manifest, kills } = await withKills(mirror, folder, first, { death, ...size });
      expect(kills).toBeGreaterThan(2);
      const whole = await exportOf(newest, 'parquet');
      expect(contentsOf(manifest)).toEqual(contentsOf(whole.manifest));
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
    const first = await begun(mirror, newest, 'csv');
    let left = 20;
    const onCommunity = () => {
      if (--left === 0) throw new Error('killed');
    };
    const size = { partSize: { rows: 30, bytes: 1 << 30 } };
    await expect(
      exported(mirror, folder, { runId: newest, format: 'csv' }, { ...size, onCommunity }),
    ).rejects.toThrow('killed');
    // As if it had been killed between naming a part and noting it.
    writeFileSync(join(folder, 'topics', 'part-00077.csv'), 'half');
    const { manifest } = await withKills(mirror, folder, first, { death: { communities: 1000 } });
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
      exported(mirror, folder, { runId: newest, format: 'jsonl' }, { signal, onCommunity }),
    ).rejects.toThrow('interrupted');
    expect(lookInto(folder)).toMatchObject({ kind: 'unfinished', progress: { run: { runId: newest } } });
  });
});

describe('comparing an export with its manifest', () => {
  it('finds a file that is gone, changed, shorter, or not its own', async () => {
    const folder = freshFolder();
    const manifest = await exported(mirror, folder, { runId: newest, format: 'jsonl' }, partsOf(folder));
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
