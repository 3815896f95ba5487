import { type DynamoDBClient, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { type Parts, partsFrom } from '../../lambdas/parts/index.ts';
import { ensureQueues, ensureTable } from '../../local/resources.ts';
import { activityKey, communityKey, rosterKey, topicsPartition } from '../../shared/catalog/keys.ts';
import {
  type ChatClient,
  type ChatClientOptions,
  type CodeEvent,
  createChatClient,
} from '../../shared/chat/index.ts';
import { ENV } from '../../shared/config.ts';
import { createLogger } from '../../shared/logger.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../simulator/index.ts';
import { openTableUnderTest, type TableUnderTest } from './tableUnderTest.ts';
import { withLifelines } from './worldCrash.ts';
import { NEXT_RUN, RUN } from './worldEvents.ts';

/** One line of a log. */
export type LogLine = Record<string, unknown> & { event: string };

/** A simulated app, an empty table and empty queues, and the functions' parts wired to them over the wire. */
export interface World {
  readonly simulator: Simulator;
  readonly url: string;
  /** Calls are not paced: most tests are about something else. */
  readonly parts: Parts;
  /** The parts as they are deployed. */
  readonly pacedParts: Parts;
  readonly log: LogLine[];
  readonly queues: FauxqsServer;
  /** Parts whose app goes by another id in the table: a catalog of its own on the same table. */
  fresh(): Parts;
  /** The stamp, the roster, the topics and the history of one community: cheaper than all items. */
  itemsOf(sdkAppId: number, groupId: string): Promise<Record<string, unknown>[]>;
  /** Every item of the table, in the order of the keys. */
  items(sdkAppId?: number): Promise<Record<string, unknown>[]>;
  /** Replaces the queues by empty ones, as a new process would. */
  dropQueues(): Promise<World>;
  close(): Promise<void>;
}

export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
export const REGION = 'us-east-1';
export const TABLE_NAME = 'mirror';

export const NO_LIMITS = { listPerSecond: Infinity, topicPerSecond: Infinity };

export async function createWorld(options: SimulatorOptions = {}): Promise<World> {
  const simulator = createSimulator({
    communities: 8,
    topicsPerCommunity: 4,
    rateLimits: NO_LIMITS,
    ...options,
  });
  const [url, table] = await Promise.all([simulator.listen(), openTableUnderTest()]);
  const client = withLifelines(table.client);
  await ensureTable(client, TABLE_NAME);
  const world = await wire(simulator, url, table, client);
  return world;
}

async function wire(
  simulator: Simulator,
  url: string,
  table: TableUnderTest,
  client: DynamoDBClient,
): Promise<World> {
  const queues = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  const endpoint = `http://127.0.0.1:${queues.port}`;
  const sqs = new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  const { communities, closing } = await ensureQueues(sqs);
  const log: LogLine[] = [];
  const { sdkAppId, secretKey, identifier } = simulator.defaults;
  const env = {
    [ENV.sdkAppId]: String(sdkAppId),
    [ENV.identifier]: identifier,
    [ENV.endpoint]: url,
    [ENV.table]: TABLE_NAME,
    [ENV.communitiesQueue]: communities,
    [ENV.closingQueue]: closing,
  };
  const logger = createLogger((line) => log.push(JSON.parse(line) as LogLine));
  const pacedParts = partsFrom(env, { dynamodb: client, sqs, logger, secretKey: async () => secretKey });
  const onError = ({ api, code }: CodeEvent) => logger.warn('api.error', { api, code });
  const parts = { ...pacedParts, chat: unpacedChat(simulator, url, { onError }) };
  let apps = sdkAppId;
  return {
    simulator,
    url,
    parts,
    pacedParts,
    log,
    queues,
    fresh: () => ({ ...parts, app: { ...parts.app, sdkAppId: ++apps } }),
    itemsOf: (id, groupId) => communityItems(client, id, groupId),
    items: (id = sdkAppId) => itemsOf(client, id),
    dropQueues: async () => {
      sqs.destroy();
      await queues.stop();
      return wire(simulator, url, table, client);
    },
    close: async () => {
      sqs.destroy();
      await Promise.all([queues.stop(), table.close(), simulator.close()]);
    },
  };
}

/** A client without a rate budget that gives up early. */
export function unpacedChat(
  simulator: Simulator,
  url: string,
  more: Pick<ChatClientOptions, 'now' | 'onError'> = {},
  { sdkAppId, secretKey, identifier } = simulator.defaults,
): ChatClient {
  const retry = { attempts: 2, baseMs: 1, slowDownMs: 1 };
  return createChatClient({
    sdkAppId,
    identifier,
    endpoint: url,
    secretKey: async () => secretKey,
    retry,
    ...more,
  });
}

async function itemsOf(client: DynamoDBClient, sdkAppId: number): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, never> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: TABLE_NAME,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :app)',
        ExpressionAttributeValues: { ':app': { S: `${sdkAppId}|` } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) items.push(unmarshall(item));
    start = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (start);
  const keyOf = (item: Record<string, unknown>) => `${String(item['pk'])} ${String(item['sk'])}`;
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

async function communityItems(client: DynamoDBClient, sdkAppId: number, groupId: string) {
  const stamp = communityKey(sdkAppId, groupId);
  const partitions = [
    ...[stamp.pk, rosterKey(sdkAppId, groupId).pk, topicsPartition(sdkAppId, groupId)],
    ...[RUN, NEXT_RUN].map((runId) => activityKey(sdkAppId, runId, groupId).pk),
  ];
  const pages = await Promise.all(
    partitions.map((pk) =>
      client.send(
        new QueryCommand({
          TableName: TABLE_NAME,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
        }),
      ),
    ),
  );
  const items = pages.flatMap(({ Items = [] }) => Items.map((item) => unmarshall(item)));
  return items.filter((item) => item['groupId'] === groupId || item['sk'] === stamp.sk);
}
