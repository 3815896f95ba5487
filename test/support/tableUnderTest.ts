import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { keepDefinitions } from '../../local/directDatabase.ts';
import { letDynaliteKnowExpressions } from '../../local/knownExpressions.ts';
import { createTableStore } from '../../local/tableServer.ts';
import { LOCAL_ACCOUNT } from './localAccount.ts';
import { answerDirectly } from './withoutHttp.ts';

/** Environment variable with the URL of a DynamoDB Local, whose tables the tests use then (`npm run test:dynamodb`). */
export const DYNAMODB_LOCAL = 'TEST_DYNAMODB_LOCAL';

/** A server of tables that nobody else uses. */
export interface TableUnderTest {
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/** Opens an embedded store in memory, or an account of DynamoDB Local. */
export async function openTableUnderTest(): Promise<TableUnderTest> {
  const url = process.env[DYNAMODB_LOCAL];
  return url === undefined ? openEmbedded() : openAccount(url);
}

async function openAccount(endpoint: string): Promise<TableUnderTest> {
  // DynamoDB Local keeps the tables of each access key apart.
  const accessKeyId = randomBytes(8).toString('hex');
  const credentials = { ...LOCAL_ACCOUNT.credentials, accessKeyId };
  const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, credentials, endpoint });
  return { client, close: async () => client.destroy() };
}

letDynaliteKnowExpressions();

async function openEmbedded(): Promise<TableUnderTest> {
  const { server, store, execute } = createTableStore();
  keepDefinitions(store.tableDb);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint });
  const answering = answerDirectly(client, execute);
  return {
    client,
    close: async () => {
      // A write that a failed test left behind would find the database closed, and end the whole process.
      for (let look = 0; answering.underWay() > 0 && look < 200; look++) await sleep(5);
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
