import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookInto } from '../cli/export/folder.ts';
import { EXPORT_FORMATS, type ExportFormat, writerOf } from '../cli/export/formats/format.ts';
import { openPart } from '../cli/export/partFile.ts';
import { rowOf } from '../cli/export/rows.ts';
import { TABLES } from '../cli/export/tables.ts';
import { topicRecord } from '../cli/records.ts';
import { openStore } from '../local/servers.ts';
import { allCommunities } from '../shared/catalog/communities.ts';
import { topicsOf } from '../shared/catalog/topics.ts';
import { ENV } from '../shared/config.ts';
import type { ExportReport } from './export/child.ts';
import { catalogOfSize, FILLED_RUNS, type FilledCatalog, fillCatalog } from './export/fill.ts';
import { reportOf, serve } from './processes.ts';
import { report } from './results.ts';

export interface ExportOptions {
  /** Rows of all tables together, about. */
  readonly rows: readonly number[];
  readonly topicsPerCommunity: number;
}

const APP = 1_400_000_000;

/** Rows that a bare writer writes of. */
const SAMPLE = 2_000;

/** The largest export may take this many times the memory of the smallest. */
const MOST_MEMORY = 2;

/**
 * Measures exports of catalogs of several sizes in each format, each in a process of its own, beside a bare reading of the
 * same items and beside a writer that has its rows at hand.
 * @throws when an export lacks rows, or memory grows with the catalog
 */
export async function benchExport({ rows, topicsPerCommunity }: ExportOptions): Promise<void> {
  const measured: Measured[] = [];
  for (const count of rows) {
    const communities = Math.round(count / rowsIn(catalogOfSize(1, topicsPerCommunity)));
    measured.push(...(await measureCatalog(communities, topicsPerCommunity)));
  }
  report('export', measured.map(rowFor));
  const peaks = measured.filter(({ by }) => by !== 'bare').map(({ peakMegabytes }) => peakMegabytes);
  if (Math.max(...peaks) > MOST_MEMORY * Math.min(...peaks))
    throw new Error(`memory grows with the catalog: ${peaks.join(', ')} MB`);
}

function rowsIn(size: FilledCatalog): number {
  return Object.values(size).reduce((sum: number, rows: number) => sum + rows, 0);
}

interface Measured extends ExportReport {
  readonly by: ExportFormat | 'bare';
  readonly rows: number;
  readonly bareSeconds: number;
  readonly bytesPerRow: number;
  /** Rows a second of a writer alone. */
  readonly written: number;
}

async function measureCatalog(communities: number, topicsPerCommunity: number): Promise<Measured[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const servers = await serve('bench/servers.ts', [dataDir]);
  const [storeUrl = ''] = servers.line.split(' ');
  const env = { ...process.env, [ENV.awsEndpointDynamoDb]: storeUrl, [ENV.sdkAppId]: String(APP) };
  try {
    const store = await openStore(env);
    await fillCatalog(store, APP, communities, topicsPerCommunity);
    const bare = await reportOf<ExportReport>('bench/export/child.ts', ['bare'], env);
    const size = catalogOfSize(communities, topicsPerCommunity);
    const rows = rowsIn(size) + FILLED_RUNS.length;
    // The activity of a community is one item, its roster another one.
    const expected = size.topics + size.changes + 2 * size.communities;
    if (bare.items !== expected)
      throw new Error(`the catalog has ${bare.items} items instead of ${expected}`);
    const measured: Measured[] = [
      { ...bare, by: 'bare', rows, bareSeconds: bare.seconds, bytesPerRow: 0, written: 0 },
    ];
    for (const by of EXPORT_FORMATS) {
      const folder = join(dataDir, by);
      const one = await reportOf<ExportReport>('bench/export/child.ts', [by, folder], env);
      const bytesPerRow = bytesIn(folder, rows) / rows;
      const written = await writeBare(store, by, dataDir);
      measured.push({ ...one, by, rows, bareSeconds: bare.seconds, bytesPerRow, written });
    }
    await store.close();
    return measured;
  } finally {
    await servers.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** @throws when it is not whole */
function bytesIn(folder: string, rows: number): number {
  const held = lookInto(folder);
  if (held.kind !== 'finished') throw new Error(`the export in ${folder} did not end`);
  const tables = Object.values(held.manifest.tables);
  const found = tables.reduce((sum, table) => sum + table.rows, 0);
  if (found !== rows) throw new Error(`the export in ${folder} has ${found} rows instead of ${rows}`);
  return tables.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Rows a second of a format's writer that has its rows, topics, at hand. */
async function writeBare(
  store: Parameters<typeof allCommunities>[0],
  format: ExportFormat,
  dataDir: string,
): Promise<number> {
  const sample = [];
  for await (const { groupId } of allCommunities(store, APP)) {
    for await (const topic of topicsOf(store, APP, groupId)) sample.push(rowOf('topics', topicRecord(topic)));
    if (sample.length >= SAMPLE) break;
  }
  const createWriter = await writerOf(format);
  const file = openPart(join(dataDir, `bare.${format}`));
  const began = performance.now();
  const writer = createWriter(TABLES.topics, file);
  const repeats = 50;
  for (let nth = 0; nth < repeats; nth++) writer.write(sample);
  writer.end();
  const seconds = (performance.now() - began) / 1000;
  file.publish();
  return (repeats * sample.length) / seconds;
}

function rowFor({ by, rows, seconds, bareSeconds, bytesPerRow, written, ...one }: Measured) {
  const isBare = by === 'bare';
  return {
    rows,
    by: isBare ? 'bare reading' : by,
    s: seconds.toFixed(1),
    'rows a second': Math.round(rows / seconds),
    '÷ bare reading': (seconds / bareSeconds).toFixed(2),
    'writer alone': isBare ? '' : Math.round(written),
    'peak MB': one.peakMegabytes,
    'MB at start': one.startMegabytes,
    'CPU ms per 1,000': ((one.cpuSeconds * 1e6) / rows).toFixed(0),
    'bytes a row': isBare ? '' : Math.round(bytesPerRow),
  };
}
