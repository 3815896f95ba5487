import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DEFAULT_CALLS_PER_SECOND, ENV } from '../shared/config.ts';
import { createSimulatorControl } from '../simulator/controlClient.ts';
import { DEFAULT_SECRET_KEY } from '../simulator/index.ts';
import type { MirrorReport } from './nightMirror.ts';
import { report } from './results.ts';

const SDK_APP_ID = 1_400_000_000;

interface NightOptions {
  readonly communities: readonly number[];
  readonly topicsPerCommunity: number;
}

/**
 * Runs a first and a quiet night for each size. Simulator, store and queue have processes of their own, so that
 * memory and CPU are the mirror's; the rate is judged by the simulator's strict rolling window.
 */
export async function benchNight({ communities, topicsPerCommunity }: NightOptions): Promise<void> {
  const rows = [];
  for (const count of communities) rows.push(...(await benchSize(count, topicsPerCommunity)));
  report('night', rows);
}

async function benchSize(communities: number, topicsPerCommunity: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const simulator = await serve('cli/main.ts', [
    ...['simulate', '--port', '0', '--communities', String(communities)],
    ...['--topics-per-community', String(topicsPerCommunity)],
  ]);
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
    const first = await measure('first', communities, simulator.line, env);
    const quiet = await measure('quiet', communities, simulator.line, env);
    return [first, quiet];
  } finally {
    await Promise.all([simulator.stop(), servers.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(night: string, communities: number, simulator: string, env: NodeJS.ProcessEnv) {
  const control = createSimulatorControl(simulator, SDK_APP_ID);
  await control.resetStats();
  const mirror = spawn(process.execPath, ['bench/nightMirror.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: mirror.stdout }), 'line')) as [string];
  const { summary, peakMegabytes, cpuSeconds } = JSON.parse(line) as MirrorReport;
  const calls = (await control.stats()).apps[0]?.apis.get_topic;
  const floorMs = (communities / DEFAULT_CALLS_PER_SECOND) * 1000;
  return {
    communities,
    night,
    status: summary.status,
    topics: summary.topics.active,
    'elapsed s': round(summary.elapsedMs / 1000, 1),
    'floor s': round(floorMs / 1000, 1),
    'time ÷ floor': round(summary.elapsedMs / floorMs, 3),
    'worst rolling second': calls?.peakPerSecond ?? 0,
    refused: calls?.refused ?? 0,
    'peak MB': peakMegabytes,
    'CPU s per 1,000': round((cpuSeconds * 1000) / communities, 2),
    'write units': Math.round(summary.dynamodb.writeUnits),
    'read units': Math.round(summary.dynamodb.readUnits),
  };
}

/** Starts a server that prints its address as its first line. */
async function serve(script: string, flags: readonly string[]) {
  const child = spawn(process.execPath, [script, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    line,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
