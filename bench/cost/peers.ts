import { createHash } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';
import { type Item, metered, type Store, setAll } from '../../shared/catalog/store.ts';
import { createUnitMeter, type UnitMeter } from '../../shared/catalog/units.ts';
import { putItem, putItems, updateItem } from '../../shared/catalog/writeItems.ts';
import type { TopicInfo } from '../../simulator/index.ts';

/** Another way to keep the topics of an app: what it does with those of one community, each night. */
export type Peer = (store: Store, topics: readonly TopicInfo[], runId: string) => Promise<unknown>;

/**
 * What people would otherwise write, each on a table of its own without indexes. None of them keeps a history, knows
 * what was deleted, or reads anything.
 */
export const PEERS = {
  'put every topic': (store, topics) => Promise.all(topics.map((topic) => putItem(store, itemOf(topic)))),
  'put where the hash differs': (store, topics) =>
    Promise.all(
      topics.map((topic) => {
        const item = itemOf(topic);
        const hash = createHash('sha256').update(JSON.stringify(item)).digest('base64url');
        return putItem(
          store,
          { ...item, hash },
          {
            expression: 'attribute_not_exists(#hash) OR #hash <> :hash',
            names: { '#hash': 'hash' },
            values: { ':hash': hash },
          },
        );
      }),
    ),
  'BatchWriteItem, 25 at a time': (store, topics) => putItems(store, topics.map(itemOf)),
  'stamp every topic as seen': (store, topics, runId) =>
    Promise.all(
      topics.map((topic) => {
        const { pk, sk, ...fields } = itemOf(topic);
        // The item as it was tells what the update costs.
        const change = setAll({ ...fields, lastSeenRun: runId });
        return updateItem(store, { pk, sk }, change, undefined, 'ALL_OLD');
      }),
    ),
} as const satisfies Record<string, Peer>;

export type PeerName = keyof typeof PEERS;

/** Communities that a peer works on at once. */
const AT_ONCE = 4;

/** Has a peer do one night. @returns what that consumed */
export async function peerNight(
  client: DynamoDBClient,
  name: PeerName,
  communities: Iterable<readonly TopicInfo[]>,
  runId: string,
): Promise<UnitMeter> {
  const units = createUnitMeter();
  const store = metered({ client, table: tableOf(name) }, units);
  const peer: Peer = PEERS[name];
  const limit = pLimit(AT_ONCE);
  await Promise.all(Array.from(communities, (topics) => limit(() => peer(store, topics, runId))));
  return units;
}

/** Makes each peer's table. */
export async function createPeerTables(client: DynamoDBClient): Promise<void> {
  for (const TableName of Object.keys(PEERS).map((name) => tableOf(name as PeerName))) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 }, { TableName });
  }
}

/** The peer's own table. */
export function tableOf(name: PeerName): string {
  return name.replaceAll(/\W+/g, '-');
}

/** A topic as it is answered, its ids in the key alone. */
function itemOf({ GroupID, TopicId, ...fields }: TopicInfo): Item & { pk: string; sk: string } {
  return { ...fields, pk: GroupID, sk: TopicId };
}
