import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LocalStore, openStore, reachStore } from '../../local/servers.ts';
import { sharedServers, shareServers } from '../../local/sharedServers.ts';
import { ENV } from '../../shared/config.ts';

// Each opens servers in threads of their own, on a machine that may be busy.
jest.setTimeout(60_000);

const root = mkdtempSync(join(tmpdir(), 'topic-mirror-shared-'));
let folders = 0;
let dataDir: string;
let env: Record<string, string>;

beforeEach(() => {
  dataDir = join(root, String(++folders));
  env = { [ENV.dataDir]: dataDir };
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const KEY = { pk: { S: 'a' }, sk: { S: 'b' } };
const put = ({ client, table }: LocalStore) =>
  client.send(new PutItemCommand({ TableName: table, Item: KEY }));
const has = async ({ client, table }: LocalStore) =>
  (await client.send(new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true }))).Item !==
  undefined;

/** Holds the data directory, as a night does. */
async function hold() {
  const store = await openStore(env);
  const unshare = shareServers(dataDir, { dynamodb: store.embedded ?? { url: '', key: '' } });
  return {
    store,
    end: async () => {
      unshare();
      await store.close();
    },
  };
}

describe('a data directory that is in use', () => {
  it('is reached through the command that holds it, and goes on being its', async () => {
    const { store, end } = await hold();
    const borrowed = await reachStore(env);
    await put(borrowed);
    await borrowed.close();
    expect(await has(store)).toBe(true);
    await end();
    expect(sharedServers(dataDir)).toBeUndefined();
  });

  it('is opened by whoever comes once it is free', async () => {
    const { store, end } = await hold();
    await put(store);
    await end();
    const next = await reachStore(env);
    expect([await has(next), next.embedded !== undefined]).toEqual([true, true]);
    await next.close();
  });

  it('is opened in spite of what a killed command has left', async () => {
    const store = await openStore(env);
    await store.close();
    for (const pid of [process.pid, 2 ** 22 + 1]) {
      // A port on which nothing listens, and a process that there is not.
      const dynamodb = { url: 'http://127.0.0.1:9', key: 'none' };
      writeFileSync(join(dataDir, 'servers.json'), JSON.stringify({ pid, dynamodb }));
      const next = await reachStore(env);
      expect(next.embedded).toBeDefined();
      await next.close();
    }
  });

  it('is waited for when a command only looks something up in it', async () => {
    const looking = await openStore(env);
    const beginning = openStore(env);
    await looking.close();
    await (await beginning).close();
  });

  it('is told of in a file that is for its owner alone', async () => {
    const { end } = await hold();
    expect(statSync(join(dataDir, 'servers.json')).mode & 0o077).toBe(0);
    await end();
  });

  it.each(['', '{', '{"pid":"1"}'])(
    'is not believed to be so because of a damaged file: %j',
    async (text) => {
      await (await openStore(env)).close();
      writeFileSync(join(dataDir, 'servers.json'), text);
      expect(sharedServers(dataDir)).toBeUndefined();
    },
  );
});
