import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalStore, openStore } from '../local/servers.ts';
import { ENV, MOST_CALLS_PER_SECOND } from '../shared/config.ts';
import { createSimulatorControl } from '../simulator/controlClient.ts';
import { bundle } from './bundles.ts';
import { type Cell, type Choice, cellsOf } from './ceiling/cells.ts';
import { type Child, startChild } from './ceiling/child.ts';
import type { Called } from './ceiling/consumer.ts';
import { coreHold } from './ceiling/coreHold.ts';
import { leasedSlots } from './ceiling/leasedSlots.ts';
import { machineSince } from './ceiling/machine.ts';
import { rowOf } from './ceiling/row.ts';
import type { Judged } from './ceiling/simulator.ts';
import { letJudgeGoFirst } from './judge.ts';
import { serve } from './processes.ts';
import { report } from './results.ts';

export interface CeilingOptions extends Choice {
  /** Length of the measured stretch. */
  readonly seconds: number;
  /** Most of a core that each consumer gets, as a function of that memory does. Default: whatever there is. */
  readonly coreShare?: number;
}

const SDK_APP_ID = 1_400_000_000;

/** Messages that a deployment has in flight: batches of 40, ten consumers at once. */
const IN_FLIGHT = 400;

/** Consumers have leases, connections and warm code after this time. */
const WARM_UP_MS = 2000;

/** Every rolling second that ends in the measured stretch began after the counts were reset. */
const SETTLE_MS = 1000;

/** What every cell is measured with. */
interface Bench {
  readonly seconds: number;
  readonly coreShare: number | undefined;
  /** Bundles, as a deployment has them: ten consumers start in little time, all from the same code. */
  readonly scripts: { readonly simulator: string; readonly consumer: string };
  readonly env: NodeJS.ProcessEnv;
  readonly store: LocalStore;
}

/**
 * Measures which share of the API's ceiling the consumers reach together, each a process of its own with the
 * product's own client, pacer and leases. What counts is what the simulator saw, in its strict rolling second.
 */
export async function benchCeiling({ seconds, coreShare, ...choice }: CeilingOptions): Promise<void> {
  const cells = cellsOf(choice);
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  try {
    const scripts = {
      simulator: await bundled('simulator', folder),
      consumer: await bundled('consumer', folder),
    };
    const servers = await serve('bench/servers.ts', [folder]);
    const env = { ...process.env, [ENV.awsEndpointDynamoDb]: servers.line.split(' ')[0] };
    const store = await openStore(env);
    try {
      report('ceiling', await measureCells(cells, { seconds, scripts, env, store, coreShare }));
    } finally {
      await store.close();
      await servers.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundled(name: string, folder: string): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, await bundle(`bench/ceiling/${name}.ts`));
  return path;
}

async function measureCells(cells: readonly Cell[], bench: Bench) {
  const rows = [];
  for (const cell of cells) {
    const row = await measureCell(cell, bench);
    rows.push(row);
    console.error(`${rows.length}/${cells.length} ${JSON.stringify(row)}`);
  }
  return rows;
}

async function measureCell(cell: Cell, { seconds, coreShare, scripts, env, store }: Bench) {
  const hold = coreShare === undefined ? undefined : coreHold(coreShare);
  const simulator = startChild<Judged>(scripts.simulator, [cell.latency, cell.stalls ? 'yes' : 'no']);
  const children: Child<object>[] = [simulator];
  try {
    const endpoint = await simulator.ready;
    letJudgeGoFirst(simulator.pid);
    const control = createSimulatorControl(endpoint);
    const groupIds = await control.communityIds();
    const inFlight = Math.round(IN_FLIGHT / cell.consumers);
    const flags = [cell.pacing, String(cell.consumers), String(inFlight), groupIds.join(',')];
    const settings = consumerSettings(env, cell, endpoint, store.table);
    const consumers = Array.from({ length: cell.consumers }, () =>
      startChild<Called>(scripts.consumer, flags, settings),
    );
    children.push(...consumers);
    for (const { pid } of consumers) hold?.take(pid);
    await Promise.all(consumers.map(({ ready }) => ready));
    await sleep(WARM_UP_MS);
    const refusedAtStart = (await control.stats()).apps[0]?.apis.get_topic.refused ?? 0;
    await control.resetStats();
    await sleep(SETTLE_MS);
    const machine = machineSince();
    await Promise.all(children.map((child) => child.begin()));
    const from = Date.now();
    await sleep(seconds * 1000);
    const to = Date.now();
    const judged = await simulator.end();
    const called = await Promise.all(consumers.map((child) => child.end()));
    const busy = machine();
    const leased = await leasedSlots(store, SDK_APP_ID, { from, to });
    return rowOf(cell, { coreShare, judged, called, leased, busy, refusedAtStart });
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    hold?.end();
  }
}

/** The environment of a deployed function, and of this machine. */
function consumerSettings(
  env: NodeJS.ProcessEnv,
  { consumers }: Cell,
  endpoint: string,
  table: string,
): NodeJS.ProcessEnv {
  return {
    ...env,
    [ENV.sdkAppId]: String(SDK_APP_ID),
    [ENV.endpoint]: endpoint,
    [ENV.table]: table,
    [ENV.callers]: String(consumers + 1),
    [ENV.callsPerSecond]: String(MOST_CALLS_PER_SECOND),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}
