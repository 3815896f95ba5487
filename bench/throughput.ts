import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENV } from '../shared/config.ts';
import { createSimulatorControl } from '../simulator/controlClient.ts';
import { DEFAULT_SECRET_KEY } from '../simulator/index.ts';
import { checkGoals } from './goals.ts';
import { reportOf, serve } from './processes.ts';
import { median, report, round } from './results.ts';
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
  /** With messages in half of the topics; the script does the same as in any other. */
  readonly 'night with messages': Measured;
  readonly 'bare writes': Measured;
  /** The script without its writes: what no way to read an app is quicker than. */
  readonly 'calls alone': Measured;
}

/** What each is compared with, of the same round. */
const PEER: Record<keyof Round, keyof Round> = {
  'first night': 'script, first night',
  'quiet night': 'script, quiet night',
  'night with messages': 'script, quiet night',
  'script, first night': 'script, first night',
  'script, quiet night': 'script, quiet night',
  'bare writes': 'script, first night',
  'calls alone': 'script, quiet night',
};

/** Topics in which there are messages before the night with messages. */
const TALKED = 0.5;

/** How many times the script's topics a second a night has to reach, in each round. */
const LEAST_RATIOS = { 'first night': 2, 'quiet night': 8 } as const satisfies Partial<
  Record<keyof Round, number>
>;

/**
 * Topics a second without any limit of calls: the mirror's nights through its own handlers, beside a straightforward
 * script, beside writes alone and beside calls alone. Each has a process of its own, and so have the simulated API and the store.
 * @throws when a round is not as quick as it has to be
 */
export async function benchThroughput(options: ThroughputOptions): Promise<void> {
  const rounds: Round[] = [];
  for (let nth = 1; nth <= options.rounds; nth++) rounds.push(await measureRound(options));
  const names = Object.keys(PEER) as (keyof Round)[];
  report(
    'throughput',
    names.map((name) => rowOf(name, rounds, options)),
  );
  checkGoals(
    Object.entries(LEAST_RATIOS).map(([name, least]) => ({
      what: `${name}, ÷ the script, in the slowest of ${rounds.length} rounds`,
      measured: Math.min(...ratiosOf(name as keyof Round, rounds)),
      least,
    })),
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
    const [first, scriptsFirst] = [await night(), await script('script')];
    const [quiet, scriptsQuiet] = [await night(), await script('script')];
    const messages = Math.round(quiet.topics * TALKED);
    await createSimulatorControl(simulator.line).mutate({ messages });
    return {
      'first night': first,
      'script, first night': scriptsFirst,
      'quiet night': quiet,
      'script, quiet night': scriptsQuiet,
      'night with messages': await night(),
      'bare writes': await script('writes'),
      'calls alone': await script('calls'),
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
  const passes = rounds.map((round) => round[name]);
  return {
    what: name,
    communities,
    topics: passes[0]?.topics ?? 0,
    'topics a second': Math.round(median(rates)),
    'of each round': rates.map(Math.round).join(' '),
    '÷ the script': round(median(ratiosOf(name, rounds)), 2),
    s: round(median(passes.map(({ ms }) => ms)) / 1000, 1),
    'CPU ms a topic': round(median(passes.map(({ cpuMs, topics }) => cpuMs / topics)), 2),
    'of the store': round(median(passes.map(({ storeCpuMs, topics }) => storeCpuMs / topics)), 2),
    's until synced': round(median(passes.map(({ ms, drainedMs }) => drainedMs ?? ms)) / 1000, 1),
  };
}

/** Of each round, with its own peer. */
function ratiosOf(name: keyof Round, rounds: readonly Round[]): number[] {
  return rounds.map((one) => rateOf(one[name]) / rateOf(one[PEER[name]]));
}

function rateOf({ topics, ms }: Passed): number {
  return (topics * 1000) / ms;
}
