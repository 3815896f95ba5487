import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import packageJson from '../package.json' with { type: 'json' };
import { DEFAULT_CALLS_PER_SECOND, ENV } from '../shared/config.ts';
import { createSimulatorControl, type SimulatorControl } from '../simulator/controlClient.ts';
import { DEFAULT_SECRET_KEY } from '../simulator/index.ts';
import { letJudgeGoFirst } from './judge.ts';
import type { MirrorReport } from './nightMirror.ts';
import { reportOf, serve } from './processes.ts';
import { report } from './results.ts';

const SDK_APP_ID = 1_400_000_000;

/** What package.json gives Node for the commands: V8's own choice is more memory and no more speed. */
const AS_THE_SCRIPTS = packageJson.scripts.mirror.split(' ').filter((word) => word.startsWith('--'));

export const NIGHTS = ['first', 'quiet', 'busy'] as const;

export type Night = (typeof NIGHTS)[number];

/** Share of the communities in which a topic is edited on the day before a busy night. */
const BUSY_SHARE = 0.05;

interface NightOptions {
  readonly communities: readonly number[];
  readonly topicsPerCommunity: number;
  readonly nights: readonly Night[];
  /** Median time to an answer in ms; none by default. */
  readonly latency: number;
}

/** Where the nights of one size take place. */
interface Scene {
  readonly communities: number;
  readonly latency: number;
  readonly control: SimulatorControl;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs nights of each size: a first, a quiet and a busy one. Simulator, store and queue have processes of their own, so
 * that memory and CPU are the mirror's; the rate is judged by the simulator's strict rolling window.
 */
export async function benchNight(options: NightOptions): Promise<void> {
  const rows = [];
  for (const count of options.communities) rows.push(...(await benchSize(count, options)));
  report('night', rows);
}

async function benchSize(communities: number, { topicsPerCommunity, nights, latency }: NightOptions) {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const simulator = await serve('cli/main.ts', [
    ...['simulate', '--port', '0', '--communities', String(communities)],
    ...['--topics-per-community', String(topicsPerCommunity), '--latency', String(latency)],
  ]);
  letJudgeGoFirst(simulator.pid);
  const servers = await serve('bench/servers.ts', [dataDir]);
  try {
    const [store = '', queue = ''] = servers.line.split(' ');
    const env = {
      ...process.env,
      [ENV.sdkAppId]: String(SDK_APP_ID),
      [ENV.secretKey]: DEFAULT_SECRET_KEY,
      [ENV.endpoint]: simulator.line,
      [ENV.awsEndpointDynamoDb]: store,
      [ENV.awsEndpointSqs]: queue,
      [ENV.dataDir]: dataDir,
    };
    const scene = { communities, latency, control: createSimulatorControl(simulator.line, SDK_APP_ID), env };
    const rows = [];
    // There is no other night before the first one, whether it is asked for or not.
    for (const night of NIGHTS.filter((name) => name === 'first' || nights.includes(name))) {
      const row = await measure(night, scene);
      if (nights.includes(night)) rows.push(row);
    }
    return rows;
  } finally {
    await Promise.all([simulator.stop(), servers.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(night: Night, { communities, latency, control, env }: Scene) {
  if (night === 'busy') await control.mutate({ edits: Math.ceil(communities * BUSY_SHARE) });
  await control.resetStats();
  const done = await reportOf<MirrorReport>('bench/nightMirror.ts', [], env, AS_THE_SCRIPTS);
  const { summary, peakMegabytes, cpuSeconds } = done;
  const calls = (await control.stats()).apps[0]?.apis.get_topic;
  const floorMs = (communities / DEFAULT_CALLS_PER_SECOND) * 1000;
  const { listedAt, syncedAt } = await stretchesOf(done);
  return {
    communities,
    'latency ms': latency,
    night,
    status: summary.status,
    topics: summary.topics.active,
    'elapsed s': seconds(summary.elapsedMs),
    [`floor s, at ${DEFAULT_CALLS_PER_SECOND}/s`]: seconds(floorMs),
    'time ÷ floor': round(summary.elapsedMs / floorMs, 3),
    'listed after s': seconds(listedAt),
    'synced after s': seconds(syncedAt),
    'worst rolling second': calls?.peakPerSecond ?? 0,
    refused: calls?.refused ?? 0,
    'peak MB': peakMegabytes,
    'CPU s per 1,000': round((cpuSeconds * 1000) / communities, 2),
    'write units': Math.round(summary.dynamodb.writeUnits),
    'read units': Math.round(summary.dynamodb.readUnits),
  };
}

/** When the list, and the last community, were done, in ms from the run's start: from the log. */
async function stretchesOf({
  summary,
  logPath,
}: MirrorReport): Promise<{ listedAt: number; syncedAt: number }> {
  const startedAt = Date.parse(summary.runId);
  const after = { listedAt: 0, syncedAt: 0 };
  for await (const line of createInterface({ input: createReadStream(logPath) })) {
    const { event, time } = JSON.parse(line) as { event: string; time: string };
    if (event === 'communities.listed') after.listedAt = Date.parse(time) - startedAt;
    if (event.startsWith('community.')) after.syncedAt = Date.parse(time) - startedAt;
  }
  return after;
}

function seconds(ms: number): number {
  return round(ms / 1000, 1);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
