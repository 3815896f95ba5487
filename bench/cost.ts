import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dollarsOf } from '../infra/prices.ts';
import { type LocalQueues, type LocalStore, openQueues, openStore } from '../local/servers.ts';
import type { UnitMeter } from '../shared/catalog/units.ts';
import { ENV } from '../shared/config.ts';
import { createSampleApp, type SampleApp } from './cost/app.ts';
import { mirrorNight } from './cost/mirror.ts';
import { createPeerTables, PEERS, type PeerName, peerNight } from './cost/peers.ts';
import { report } from './results.ts';

export interface CostOptions {
  /** Communities that are measured. */
  readonly communities: number;
  readonly topicsPerCommunity: number;
  /** Share of the topics in which there are messages before the busy night. */
  readonly busy: number;
}

/** What the figures are of: those of the sample, scaled by the number of communities. */
const SCALED_TO = 100_000;

/** A quiet night has to be this many times cheaper than putting every topic. */
const LEAST_RATIO = 15;

const NIGHTS = ['first', 'quiet', 'busy'] as const;

type Night = (typeof NIGHTS)[number];

interface Cost extends UnitMeter {
  readonly night: Night;
  readonly by: 'the mirror' | PeerName;
  readonly leaseUnits: number;
}

/**
 * Measures what a first, a quiet and a busy night consume of the table, beside what other ways consume with the same
 * topics on the same store, metered in the same way.
 * @throws when a night of the mirror is not COMPLETE, or a quiet one is not cheap enough
 */
export async function benchCost(options: CostOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const app = createSampleApp(options.communities, options.topicsPerCommunity);
  const url = await app.simulator.listen();
  const store = await openStore({ [ENV.dataDir]: dataDir });
  const queues = await openQueues({});
  try {
    await createPeerTables(store.client);
    const costs: Cost[] = [];
    for (const night of NIGHTS) costs.push(...(await measure(night, { app, url, store, queues, options })));
    print(costs, options);
    checkRatio(costs);
  } finally {
    await queues.close();
    await store.close();
    await app.simulator.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Bench {
  readonly app: SampleApp;
  readonly url: string;
  readonly store: LocalStore;
  readonly queues: LocalQueues;
  readonly options: CostOptions;
}

async function measure(night: Night, { app, url, store, queues, options }: Bench): Promise<Cost[]> {
  const changed = night === 'busy' ? app.post(options.busy) : 0;
  const { summary, leases } = await mirrorNight(app.simulator, url, store, queues);
  const all = options.communities * options.topicsPerCommunity;
  const expected = { active: all, created: night === 'first' ? all : 0, updated: changed };
  const { active, created, updated } = summary.topics;
  if (
    summary.status !== 'COMPLETE' ||
    JSON.stringify(expected) !== JSON.stringify({ active, created, updated })
  )
    throw new Error(`the ${night} night is not what it should be: ${JSON.stringify(summary)}`);
  const mirror: Cost = { night, by: 'the mirror', ...summary.dynamodb, leaseUnits: leases.writeUnits };
  const peers: Cost[] = [];
  for (const by of Object.keys(PEERS) as PeerName[]) {
    const units = await peerNight(store.client, by, app.topics(), summary.runId);
    peers.push({ night, by, ...units, leaseUnits: 0 });
  }
  return [mirror, ...peers];
}

/** Of the sample; leases included, which are writes of less than 1 KB. */
function dollars({ writeUnits, readUnits, leaseUnits }: Cost): number {
  return dollarsOf({ writeUnits: writeUnits + leaseUnits, readUnits });
}

function print(costs: readonly Cost[], { communities, topicsPerCommunity }: CostOptions): void {
  const scale = SCALED_TO / communities;
  const mirrors = new Map(costs.filter(isMirror).map((cost) => [cost.night, dollars(cost)]));
  console.log(
    `A night of ${SCALED_TO} communities × ${topicsPerCommunity} topics: measured with ${communities} communities, scaled.`,
  );
  report(
    'cost',
    costs.map((cost) => ({
      night: cost.night,
      by: cost.by,
      'write units': Math.round(cost.writeUnits * scale),
      'read units': Math.round(cost.readUnits * scale),
      'slot leases': Math.round(cost.leaseUnits * scale),
      'write units a topic': round(cost.writeUnits / communities / topicsPerCommunity, 3),
      dollars: round(dollars(cost) * scale, 3),
      '× the mirror': round(dollars(cost) / (mirrors.get(cost.night) ?? Number.NaN), 2),
    })),
  );
}

function checkRatio(costs: readonly Cost[]): void {
  const quiet = costs.filter(({ night }) => night === 'quiet');
  const [mirror, put] = [quiet.find(isMirror), quiet.find(({ by }) => by === 'put every topic')];
  const ratio = mirror && put ? dollars(put) / dollars(mirror) : 0;
  if (ratio < LEAST_RATIO)
    throw new Error(
      `a quiet night is ${round(ratio, 2)} × cheaper than putting every topic, not ${LEAST_RATIO} ×`,
    );
}

function isMirror({ by }: Cost): boolean {
  return by === 'the mirror';
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
