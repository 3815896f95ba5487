import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openEmbeddedStore } from '../../local/embeddedStore.ts';
import { attributesOf, definitionOf, ensureTable } from '../../local/resources.ts';
import { openStore } from '../../local/servers.ts';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import { INDEXES, TABLE } from '../../shared/catalog/table.ts';
import { putSnapshot, topicsOf } from '../../shared/catalog/topics.ts';
import { DEFAULT_TABLE, ENV } from '../../shared/config.ts';
import { APP, GROUP, snapshot } from '../builders.ts';
import { collect } from '../support/collect.ts';
import { LOCAL_ACCOUNT } from '../support/localAccount.ts';

// A store in a thread of its own takes seconds to begin on a busy machine.
jest.setTimeout(60_000);

const folders: string[] = [];
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-test-'));
  folders.push(dataDir);
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const OLD = snapshot({ topicId: 'old', details: { topicName: 'Old' } });
const MUTED = snapshot({ topicId: 'muted', details: { muteAllMember: true } });

/** Makes the table as the first release did, with two indexes and a topic in it. */
async function createOld(): Promise<void> {
  const server = await openEmbeddedStore(dataDir);
  const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: server.url });
  const first = INDEXES.slice(0, 2);
  const { KeySchema } = definitionOf({ ...TABLE, name: '', projection: 'ALL' });
  await client.send(
    new CreateTableCommand({
      TableName: DEFAULT_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributesOf(TABLE, ...first),
      KeySchema,
      GlobalSecondaryIndexes: first.map(definitionOf),
    }),
  );
  await putSnapshot({ client, table: DEFAULT_TABLE }, APP, OLD);
  client.destroy();
  await server.close();
}

describe('a data directory of an earlier release', () => {
  it('has all indexes once it is opened, keeps what it held, and finds what is written from now on', async () => {
    await createOld();
    for (const time of ['first', 'second']) {
      const { client, table, close } = await openStore({ [ENV.dataDir]: dataDir });
      try {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
        expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(
          INDEXES.map(({ name }) => name),
        );
        if (time === 'first') await putSnapshot({ client, table }, APP, MUTED);
        expect(await collect(topicsOf({ client, table }, APP, GROUP))).toEqual([MUTED, OLD]);
        expect(await collect(queriesOf({ client, table }, APP).mutedTopics({}))).toEqual([MUTED]);
      } finally {
        await close();
      }
    }
  });
});

describe('a server that adds no index to a table', () => {
  it('is told by the index that is not there', async () => {
    const described = { Table: { GlobalSecondaryIndexes: [] } };
    const client = { send: async () => described } as unknown as DynamoDBClient;
    await expect(ensureTable(client, DEFAULT_TABLE)).rejects.toThrow(
      `it adds no index changes-by-day to the table ${DEFAULT_TABLE}; use a table of another name`,
    );
  });
});

describe('a server that adds an index at a time', () => {
  it('is asked for each that is missing, once the one before is ready', async () => {
    const asked: string[] = [];
    const made = INDEXES.slice(0, 2).map(({ name }) => ({ IndexName: name, IndexStatus: 'ACTIVE' }));
    const client = {
      send: async ({
        input,
      }: {
        input: { GlobalSecondaryIndexUpdates?: { Create: { IndexName: string } }[] };
      }) => {
        const [update] = input.GlobalSecondaryIndexUpdates ?? [];
        if (!update) {
          const Table = { GlobalSecondaryIndexes: made.map((one) => ({ ...one })) };
          for (const one of made) one.IndexStatus = 'ACTIVE';
          return { Table };
        }
        expect(made.every(({ IndexStatus }) => IndexStatus === 'ACTIVE')).toBe(true);
        asked.push(update.Create.IndexName);
        made.push({ IndexName: update.Create.IndexName, IndexStatus: 'CREATING' });
        return {};
      },
    } as unknown as DynamoDBClient;
    await ensureTable(client, DEFAULT_TABLE);
    expect(asked).toEqual(['created', 'last-active', 'muted']);
  });
});
