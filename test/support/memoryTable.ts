import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { ensureTable } from '../../local/resources.ts';
import { createTableServer } from '../../local/tableServer.ts';
import type { Key } from '../../shared/catalog/keys.ts';
import { getItem } from '../../shared/catalog/readItems.ts';
import type { Item, Store } from '../../shared/catalog/store.ts';
import { LOCAL_ACCOUNT } from './localAccount.ts';

/** The catalog's table on a server in memory, for the tests of one file. */
export interface MemoryTable {
  readonly store: Store;
  /** An app that no test has used: a catalog of its own on the same table. */
  freshApp(): number;
  /** An item as it is stored. */
  item(key: Key): Promise<Item | undefined>;
}

/** Serves the table while a file's tests run. */
export function useMemoryTable(): MemoryTable {
  const table = 'topic-mirror-test';
  const server = createTableServer();
  let store: Store | undefined;
  let apps = 1_400_000_000;
  let underWay = 0;
  server.on('request', (_request, response: ServerResponse) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint });
    await ensureTable(client, table);
    store = { client, table };
  });
  afterAll(async () => {
    // A write that a failed test left behind would find the database closed, and end the whole process.
    for (let look = 0; underWay > 0 && look < 200; look++) await sleep(5);
    store?.client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const opened = (): Store => {
    if (!store) throw new Error('the table is open only while a test runs');
    return store;
  };
  return {
    get store() {
      return opened();
    },
    freshApp: () => ++apps,
    item: (key) => getItem(opened(), key, true),
  };
}
