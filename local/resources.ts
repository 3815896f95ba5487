import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { INDEXES, TABLE, type TableIndex } from '../shared/catalog/table.ts';
import { ConfigError } from '../shared/config.ts';

/** What stands in for the deployment's queues. Seconds; the same proportions as the deployed ones. */
export const LOCAL_QUEUES = {
  /** Longer than a consumer may run, so that a message is not delivered twice while one is at it. */
  visibilitySeconds: 45,
  consumerTimeoutMs: 30_000,
  /** Deliveries after which a message goes to the dead letters. */
  receiveLimit: 5,
} as const;

/**
 * Creates the catalog's table where it does not exist yet.
 * @throws {ConfigError} when there is a table of that name with other indexes: what it holds is of another layout
 */
export async function ensureTable(client: DynamoDBClient, table: string): Promise<void> {
  const described = await describe(client, table);
  if (!described) return createTable(client, table);
  const names = (described.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName).sort();
  if (JSON.stringify(names) !== JSON.stringify(INDEXES.map(({ name }) => name).sort()))
    throw new ConfigError(
      `the table ${table} is of another layout of Topic Mirror; delete it, and run sync again`,
    );
}

async function describe(client: DynamoDBClient, table: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: table }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function createTable(client: DynamoDBClient, table: string): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributesOf(TABLE, ...INDEXES),
        KeySchema: keySchema(TABLE),
        GlobalSecondaryIndexes: INDEXES.map(definitionOf),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 }, { TableName: table });
}

/** The attributes of keys: all of them are text. */
export function attributesOf(...keyed: readonly Pick<TableIndex, 'partitionKey' | 'sortKey'>[]) {
  const names = keyed.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);
  return [...new Set(names)].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
}

/** An index as the API describes it. */
export function definitionOf(index: TableIndex) {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: index.projection },
  };
}

function keySchema({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ];
}

export interface QueueUrls {
  readonly communities: string;
  readonly closing: string;
}

/** Creates the queues, each with its dead letters, where they do not exist yet. */
export async function ensureQueues(client: SQSClient): Promise<QueueUrls> {
  const [communities, closing] = await Promise.all(
    ['communities', 'closing'].map((name) => ensureQueue(client, `topic-mirror-${name}`)),
  );
  return { communities: communities as string, closing: closing as string };
}

async function ensureQueue(client: SQSClient, name: string): Promise<string> {
  const dead = await client.send(new CreateQueueCommand({ QueueName: `${name}-dead-letters` }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const redrive = {
    deadLetterTargetArn: Attributes?.['QueueArn'],
    maxReceiveCount: LOCAL_QUEUES.receiveLimit,
  };
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        VisibilityTimeout: String(LOCAL_QUEUES.visibilitySeconds),
        RedrivePolicy: JSON.stringify(redrive),
      },
    }),
  );
  if (QueueUrl === undefined) throw new Error(`the queue server named no URL for ${name}`);
  return QueueUrl;
}
