import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CALLS_PER_SECOND, ENV } from '../../shared/config.ts';
import { createSimulatorControl, type SimulatorControl } from '../../simulator/controlClient.ts';
import { DEFAULT_SECRET_KEY } from '../../simulator/index.ts';
import { letJudgeGoFirst } from '../judge.ts';
import { priority } from '../priority.ts';
import { type Served, serve } from '../processes.ts';
import type { Checkout, Pace } from './pass.ts';

const SDK_APP_ID = 1_400_000_000;

/** The app whose nights are measured. */
export interface NightApp {
  readonly communities: number;
  readonly topicsPerCommunity: number;
  /** Median time to an answer in ms. */
  readonly latency: number;
  readonly pace: Pace;
}

/** A simulated app, and a catalog of it for each checkout. */
export interface Scene {
  readonly control: SimulatorControl;
  /** What a checkout's nights are run with. */
  environmentOf(checkout: Checkout): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** @param isApart store and queue of each checkout in a process of their own */
export async function openScene(
  app: NightApp,
  checkouts: readonly Checkout[],
  isApart: boolean,
): Promise<Scene> {
  const simulator = await serveApp(app);
  // At normal priority nobody has precedence, on a laptop no more than here.
  if (priority() === 'real-time') letJudgeGoFirst(simulator.pid);
  const catalogs = new Map<Checkout, Catalog>();
  for (const checkout of checkouts) catalogs.set(checkout, await openCatalog(checkout, isApart));
  return {
    control: createSimulatorControl(simulator.line, SDK_APP_ID),
    environmentOf: (checkout) => ({
      ...process.env,
      [ENV.sdkAppId]: String(SDK_APP_ID),
      [ENV.secretKey]: DEFAULT_SECRET_KEY,
      [ENV.endpoint]: simulator.line,
      [ENV.callsPerSecond]: String(DEFAULT_CALLS_PER_SECOND),
      ...catalogs.get(checkout)?.env,
    }),
    close: async () => {
      await Promise.all([simulator, ...catalogs.values()].map((server) => server.stop()));
    },
  };
}

function serveApp({ communities, topicsPerCommunity, latency, pace }: NightApp): Promise<Served> {
  const [size, topics] = [String(communities), String(topicsPerCommunity)];
  if (pace === 'none') return serve('bench/throughput/simulator.ts', [size, topics]);
  return serve('cli/main.ts', [
    ...['simulate', '--port', '0', '--communities', size],
    ...['--topics-per-community', topics, '--latency', String(latency)],
  ]);
}

/** Where a checkout keeps what it mirrors. */
interface Catalog {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

async function openCatalog({ folder }: Checkout, isApart: boolean): Promise<Catalog> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const servers = isApart ? await serve('bench/servers.ts', [dataDir], folder) : undefined;
  const [store, queue] = servers?.line.split(' ') ?? [];
  return {
    env: { [ENV.dataDir]: dataDir, [ENV.awsEndpointDynamoDb]: store, [ENV.awsEndpointSqs]: queue },
    stop: async () => {
      await servers?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
