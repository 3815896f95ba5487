import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalQueues, type LocalStore, openQueues, openStore } from '../local/servers.ts';
import { ENV } from '../shared/config.ts';
import { createSampleApp, type SampleApp } from './cost/app.ts';
import { mirrorNight } from './cost/mirror.ts';
import { createPeerTables, PEERS, type PeerName, peerNight } from './cost/peers.ts';
import { type Costs, goalsOf, peerRowsOf, rowsOf } from './cost/rows.ts';
import { checkGoals } from './goals.ts';
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

/** A night, and the share of the topics in which there were messages before it. */
interface Night {
  readonly name: string;
  readonly share: number;
}

function nightsOf({ busy }: CostOptions): Night[] {
  const nights = ['first', 'quiet'].map((name) => ({ name, share: 0 }));
  return [...nights, ...busy.map((share) => ({ name: `messages in ${share * 100} %`, share }))];
}

/**
 * Measures what a first night, a quiet one and some with messages consume of the table, beside what other ways consume with the same
 * topics on the same store, metered in the same way.
 * @throws when a night of the mirror is not COMPLETE, or not cheap enough
 */
export async function benchCost(options: CostOptions): Promise<void> {
  const { communities, topicsPerCommunity } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const app = createSampleApp(communities, topicsPerCommunity);
  const url = await app.simulator.listen();
  const store = await openStore({ [ENV.dataDir]: dataDir });
  const queues = await openQueues({});
  try {
    await createPeerTables(store.client);
    const costs: Costs[] = [];
    for (const night of nightsOf(options))
      costs.push(await measure(night, { app, url, store, queues, options }));
    console.log(
      `A night of ${SCALED_TO} communities × ${topicsPerCommunity} topics: measured with ${communities} communities, scaled.`,
    );
    report('cost', rowsOf(costs, communities, SCALED_TO));
    report('cost-peers', peerRowsOf(costs));
    checkGoals(goalsOf(costs));
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

async function measure({ name, share }: Night, { app, url, store, queues, options }: Bench): Promise<Costs> {
  const posted = app.post(share);
  const { summary, leases } = await mirrorNight(app.simulator, url, store, queues);
  const all = options.communities * options.topicsPerCommunity;
  const { active, baseline, updated } = summary.topics;
  const found = { active, baseline, updated, talked: summary.messages.topics };
  const expected = { active: all, baseline: name === 'first' ? all : 0, updated: 0, talked: posted.topics };
  if (summary.status !== 'COMPLETE' || JSON.stringify(expected) !== JSON.stringify(found))
    throw new Error(`the night "${name}" is not what it should be: ${JSON.stringify(summary)}`);
  const peers: [PeerName, Costs['mirror']][] = [];
  for (const by of Object.keys(PEERS) as PeerName[])
    peers.push([by, await peerNight(store.client, by, app.topics(), summary.runId)]);
  return {
    night: name,
    talkedIn: posted.communities,
    mirror: summary.dynamodb,
    leases,
    peers: Object.fromEntries(peers) as Costs['peers'],
  };
}
