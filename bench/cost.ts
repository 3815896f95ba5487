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
  /** Nights with messages before them, each in such a share of the topics. */
  readonly busy: readonly number[];
}

/** What the figures are of: those of the sample, scaled by the number of communities. */
const SCALED_TO = 100_000;

/** How many times cheaper than putting every topic a night has to be, by its share of topics with messages. */
const LEAST_RATIOS: Readonly<Record<string, number>> = {
  first: 0.8,
  quiet: 16,
  'messages in 5 %': 8,
  'messages in 20 %': 6,
  'messages in 50 %': 6,
  'messages in 100 %': 6,
};

/** A night, and the share of the topics in which there were messages before it. */
interface Night {
  readonly name: string;
  readonly share: number;
}

function nightsOf({ busy }: CostOptions): Night[] {
  const nights = ['first', 'quiet'].map((name) => ({ name, share: 0 }));
  return [...nights, ...busy.map((share) => ({ name: `messages in ${share * 100} %`, share }))];
}

interface Cost extends UnitMeter {
  readonly night: string;
  readonly by: 'the mirror' | PeerName;
  readonly leaseUnits: number;
}

/**
 * Measures what a first night, a quiet one and some with messages consume of the table, beside what other ways consume with the same
 * topics on the same store, metered in the same way.
 * @throws when a night of the mirror is not COMPLETE, or not cheap enough
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
    for (const night of nightsOf(options))
      costs.push(...(await measure(night, { app, url, store, queues, options })));
    print(costs, options);
    checkRatios(costs);
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

async function measure({ name, share }: Night, { app, url, store, queues, options }: Bench): Promise<Cost[]> {
  const talked = app.post(share);
  const { summary, leases } = await mirrorNight(app.simulator, url, store, queues);
  const all = options.communities * options.topicsPerCommunity;
  const { active, baseline, updated } = summary.topics;
  const found = { active, baseline, updated, talked: summary.messages.topics };
  const expected = { active: all, baseline: name === 'first' ? all : 0, updated: 0, talked };
  if (summary.status !== 'COMPLETE' || JSON.stringify(expected) !== JSON.stringify(found))
    throw new Error(`the night "${name}" is not what it should be: ${JSON.stringify(summary)}`);
  const mirror: Cost = { night: name, by: 'the mirror', ...summary.dynamodb, leaseUnits: leases.writeUnits };
  const peers: Cost[] = [];
  for (const by of Object.keys(PEERS) as PeerName[]) {
    const units = await peerNight(store.client, by, app.topics(), summary.runId);
    peers.push({ night: name, by, ...units, leaseUnits: 0 });
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
      'write units a community': round(cost.writeUnits / communities, 2),
      'write units a topic': round(cost.writeUnits / communities / topicsPerCommunity, 3),
      dollars: round(dollars(cost) * scale, 3),
      '× the mirror': round(dollars(cost) / (mirrors.get(cost.night) ?? Number.NaN), 2),
    })),
  );
}

/** @throws naming each night that is not cheap enough */
function checkRatios(costs: readonly Cost[]): void {
  const missed = costs.filter(isMirror).flatMap((mirror) => {
    const put = costs.find(({ night, by }) => night === mirror.night && by === 'put every topic');
    const ratio = put ? dollars(put) / dollars(mirror) : 0;
    const least = LEAST_RATIOS[mirror.night] ?? 0;
    return ratio < least
      ? [`${mirror.night}: ${round(ratio, 2)} × cheaper than putting every topic, not ${least} ×`]
      : [];
  });
  if (missed.length > 0) throw new Error(missed.join('; '));
}

function isMirror({ by }: Cost): boolean {
  return by === 'the mirror';
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
