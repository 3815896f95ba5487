import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENV } from '../shared/config.ts';
import { DEFAULT_SECRET_KEY } from '../simulator/index.ts';
import { reportOf, serve } from './processes.ts';
import { report } from './results.ts';
import type { Passed } from './throughput/passed.ts';

interface ThroughputOptions {
  readonly communities: number;
  readonly topicsPerCommunity: number;
  readonly rounds: number;
  /** Invocations of sync-community at once, ten communities each. */
  readonly consumers: number;
}

/** A pass, and what store and queue needed for it. */
type Measured = Passed & { readonly storeCpuMs: number };

/** One pass of each kind on the same store and app, one after the other. */
interface Round {
  readonly 'first night': Measured;
  readonly 'script, first night': Measured;
  readonly 'quiet night': Measured;
  readonly 'script, quiet night': Measured;
  readonly 'bare writes': Measured;
}

/** What each is compared with, of the same round. */
const PEER: Record<keyof Round, keyof Round> = {
  'first night': 'script, first night',
  'quiet night': 'script, quiet night',
  'script, first night': 'script, first night',
  'script, quiet night': 'script, quiet night',
  'bare writes': 'script, first night',
};

/**
 * Topics a second without any limit of calls: the mirror's nights through its own handlers, beside a straightforward
 * script and beside writes alone. Each has a process of its own, and so have the simulated API and the store.
 */
export async function benchThroughput(options: ThroughputOptions): Promise<void> {
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round++) rounds.push(await measureRound(options));
  const names = Object.keys(PEER) as (keyof Round)[];
  report(
    'throughput',
    names.map((name) => rowOf(name, rounds, options)),
  );
}

async function measureRound({
  communities,
  topicsPerCommunity,
  consumers,
}: ThroughputOptions): Promise<Round> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const simulator = await serve('bench/throughput/simulator.ts', [
    String(communities),
    String(topicsPerCommunity),
  ]);
  const servers = await serve('bench/servers.ts', [dataDir]);
  try {
    const [store = '', queue = ''] = servers.line.split(' ');
    const env = {
      ...process.env,
      [ENV.sdkAppId]: '1400000000',
      [ENV.secretKey]: DEFAULT_SECRET_KEY,
      [ENV.endpoint]: simulator.line,
      [ENV.awsEndpointDynamoDb]: store,
      [ENV.awsEndpointSqs]: queue,
      [ENV.dataDir]: dataDir,
    };
    await createTables(store, ['script', 'writes']);
    const callsInFlight = String(consumers * 10);
    const pass = async (script: string, flags: readonly string[]): Promise<Measured> => {
      const before = await servers.cpuMs();
      const passed = await reportOf<Passed>(script, flags, env);
      return { ...passed, storeCpuMs: (await servers.cpuMs()) - before };
    };
    const night = () => pass('bench/throughput/mirror.ts', [String(consumers)]);
    const script = (what: string) => pass('bench/throughput/script.ts', [what, callsInFlight, what]);
    return {
      'first night': await night(),
      'script, first night': await script('script'),
      'quiet night': await night(),
      'script, quiet night': await script('script'),
      'bare writes': await script('writes'),
    };
  } finally {
    await Promise.all([simulator.stop(), servers.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Tables as a script would have them: a key and no index. */
async function createTables(endpoint: string, names: readonly string[]): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  for (const TableName of names) {
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'GroupID', AttributeType: 'S' },
          { AttributeName: 'TopicId', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'GroupID', KeyType: 'HASH' },
          { AttributeName: 'TopicId', KeyType: 'RANGE' },
        ],
      }),
    );
  }
  dynamodb.destroy();
}

function rowOf(name: keyof Round, rounds: readonly Round[], { communities }: ThroughputOptions) {
  const rates = rounds.map((round) => rateOf(round[name]));
  const ratios = rounds.map((round) => rateOf(round[name]) / rateOf(round[PEER[name]]));
  const passes = rounds.map((round) => round[name]);
  return {
    what: name,
    communities,
    topics: passes[0]?.topics ?? 0,
    'topics a second': Math.round(median(rates)),
    'of each round': rates.map(Math.round).join(' '),
    '÷ the script': Number(median(ratios).toFixed(2)),
    s: Number((median(passes.map(({ ms }) => ms)) / 1000).toFixed(1)),
    'CPU ms a topic': Number(median(passes.map(({ cpuMs, topics }) => cpuMs / topics)).toFixed(2)),
    'of the store': Number(median(passes.map(({ storeCpuMs, topics }) => storeCpuMs / topics)).toFixed(2)),
    's until synced': Number((median(passes.map(({ ms, drainedMs }) => drainedMs ?? ms)) / 1000).toFixed(1)),
  };
}

function rateOf({ topics, ms }: Passed): number {
  return (topics * 1000) / ms;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
