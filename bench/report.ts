import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openQueues, openStore } from '../local/servers.ts';
import { ENV } from '../shared/config.ts';
import { createSampleApp } from './cost/app.ts';
import { mirrorNight } from './cost/mirror.ts';
import { reportOf, serve } from './processes.ts';
import { interactiveAfter } from './report/browser.ts';
import type { Written } from './report/write.ts';
import { report } from './results.ts';

export interface ReportBenchOptions {
  /** Topics of the catalogs that are reported on. */
  readonly topics: readonly number[];
  /** Times that each page is opened; medians are printed. */
  readonly rounds: number;
}

/** Topics of each community. */
const PER_COMMUNITY = 20;

/** A page of 20,000 topics has to answer within this, in ms. */
const MOST_MS = 2000;

/**
 * Mirrors an app of each size, a first night and one with messages in half of the topics, and writes its report in a process of its own, the store in
 * another one: so time and memory are the writing's. Then opens the page in Chromium.
 * @throws when a page takes too long to answer
 */
export async function benchReport({ topics, rounds }: ReportBenchOptions): Promise<void> {
  const rows = [];
  for (const count of topics) rows.push(await measure(count, rounds));
  report('report', rows);
  const slow = rows.find((row) => row['interactive ms'] > MOST_MS);
  if (slow) throw new Error(`${slow.topics} topics are interactive after ${slow['interactive ms']} ms`);
}

async function measure(topics: number, rounds: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  try {
    const sdkAppId = await mirror(dataDir, topics);
    const file = join(dataDir, 'report.html');
    const { ms, peakMegabytes } = await write(dataDir, sdkAppId, file);
    const { interactive, sort, search } = await interactiveAfter(file, rounds);
    return {
      topics,
      'written in s': Number((ms / 1000).toFixed(1)),
      'peak MB': peakMegabytes,
      'file kB': Math.round(statSync(file).size / 1000),
      'gzipped kB': Math.round(gzipSync(readFileSync(file)).length / 1000),
      'interactive ms': interactive,
      'sort by name ms': sort,
      'search ms': search,
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** @returns the SDKAppID of the mirrored app */
async function mirror(dataDir: string, topics: number): Promise<number> {
  const app = createSampleApp(Math.ceil(topics / PER_COMMUNITY), PER_COMMUNITY);
  const url = await app.simulator.listen();
  const store = await openStore({ [ENV.dataDir]: dataDir });
  const queues = await openQueues({});
  try {
    await mirrorNight(app.simulator, url, store, queues);
    app.post(0.5);
    await mirrorNight(app.simulator, url, store, queues);
    return app.simulator.defaults.sdkAppId;
  } finally {
    await queues.close();
    await store.close();
    await app.simulator.close();
  }
}

async function write(dataDir: string, sdkAppId: number, file: string): Promise<Written> {
  const servers = await serve('bench/servers.ts', [dataDir]);
  try {
    const [store = ''] = servers.line.split(' ');
    const env = { ...process.env, [ENV.awsEndpointDynamoDb]: store, [ENV.sdkAppId]: String(sdkAppId) };
    return await reportOf<Written>('bench/report/write.ts', [file], env);
  } finally {
    await servers.stop();
  }
}
