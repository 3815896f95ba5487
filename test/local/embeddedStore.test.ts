import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dataDirOf, type LocalStore, openQueues, openStore, UnreachableError } from '../../local/servers.ts';
import { ConfigError, ENV } from '../../shared/config.ts';

const root = mkdtempSync(join(tmpdir(), 'topic-mirror-store-'));
let folders = 0;
let dataDir: string;

beforeEach(() => {
  dataDir = join(root, String(++folders), 'not', 'made yet');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the embedded store', () => {
  it('keeps what was written, in a folder that it makes itself', async () => {
    const first = await open();
    await put(first, 'kept');
    await first.close();
    const second = await open();
    expect(await get(second, 'kept')).toBe(true);
    expect(await get(second, 'never')).toBe(false);
    await second.close();
  });

  it('says in one line that another process, or this one, is using the folder, and goes on serving that one', async () => {
    const store = await open();
    await expectRefusal(/another topic-mirror is using it/);
    await put(store, 'still');
    expect(await get(store, 'still')).toBe(true);
    await store.close();
  });

  it('says in one line that the database is damaged, and leaves it as it is', async () => {
    const store = await open();
    await put(store, 'something');
    await store.close();
    const folder = join(dataDir, 'store');
    for (const name of readdirSync(folder)) {
      if (name.startsWith('MANIFEST') || name === 'CURRENT') writeFileSync(join(folder, name), 'rubbish\n');
    }
    const before = readdirSync(folder).sort();
    await expectRefusal(/its database is damaged \(.+\); move the folder away to begin anew/);
    expect(readdirSync(folder).sort()).toEqual(
      expect.arrayContaining(before.filter((name) => !name.startsWith('LOG'))),
    );
  });

  it('says in one line that another version has made the folder, and leaves it as it is', async () => {
    const store = await open();
    await put(store, 'something');
    await store.close();
    for (const spoil of [
      () => writeFileSync(join(dataDir, 'layout'), '2'),
      () => rmSync(join(dataDir, 'layout')),
    ]) {
      spoil();
      await expectRefusal(
        /another version of Topic Mirror has made it; delete the folder, and run sync again/,
      );
    }
    expect(readdirSync(join(dataDir, 'store')).length).toBeGreaterThan(0);
  });

  it('says in one line that the path is a file, or lies below one', async () => {
    dataDir = join(root, 'file');
    writeFileSync(dataDir, '');
    await expectRefusal(/it cannot be made \(EEXIST\)/);
    dataDir = join(root, 'file', 'below');
    await expectRefusal(/it cannot be made \(ENOTDIR\)/);
  });

  it('says in one line that "store" in the folder is a file', async () => {
    dataDir = root;
    writeFileSync(join(dataDir, 'store'), '');
    await expectRefusal(/"store" in it is not a folder/);
  });

  it('says in one line, and at once, that the folder cannot be made where no folder can', async () => {
    dataDir = '/proc/nobody/makes/this';
    await expectRefusal(/it cannot be made \(ENOENT\)/);
  });

  it('is for its user alone: each folder and each file of it, once it is closed', async () => {
    const store = await open();
    await put(store, 'something');
    await store.close();
    expect(openToOthers(dataDir)).toEqual([]);
    // As a killed process leaves it, of whose files nobody has taken care.
    for (const path of [dataDir, join(dataDir, 'store')]) chmodSync(path, 0o755);
    writeFileSync(join(dataDir, 'store', 'left.behind'), '', { mode: 0o644 });
    await (await open()).close();
    expect(openToOthers(dataDir)).toEqual([]);
  });

  it('leaves a folder as it is that holds something else too, and keeps its own part of it', async () => {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    writeFileSync(join(dataDir, 'thesis.txt'), '', { mode: 0o644 });
    await (await open()).close();
    expect(openToOthers(dataDir)).toEqual([dataDir, join(dataDir, 'thesis.txt')]);
  });

  it('lets nobody into the folder of its files while it is open', async () => {
    const store = await open();
    expect(statSync(join(dataDir, 'store')).mode & 0o777).toBe(0o700);
    await store.close();
  });

  it('lives in .topic-mirror unless told otherwise', () => {
    expect(dataDirOf({})).toBe('.topic-mirror');
    expect(dataDirOf({ [ENV.dataDir]: ' /data ' })).toBe('/data');
  });
});

describe('a named server', () => {
  it.each([
    ['DynamoDB', ENV.awsEndpointDynamoDb, openStore],
    ['DynamoDB', ENV.awsEndpoint, openStore],
    ['SQS', ENV.awsEndpointSqs, openQueues],
    ['SQS', ENV.awsEndpoint, openQueues],
  ])(
    'is used in place of the embedded one, and named when it does not answer (%s, %s)',
    async (what, name, opening) => {
      const refused = opening({ [name]: 'http://127.0.0.1:9', [ENV.dataDir]: dataDir });
      await expect(refused).rejects.toThrow(UnreachableError);
      await expect(refused).rejects.toThrow(
        new RegExp(`^the ${what} server at http://127.0.0.1:9 cannot be used: .*ECONNREFUSED`),
      );
    },
  );
});

/** What below a folder, itself included, another user may do anything with. */
function openToOthers(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  return [folder, ...below].filter((path) => (statSync(path).mode & 0o077) !== 0).sort();
}

function open(): Promise<LocalStore> {
  return openStore({ [ENV.dataDir]: dataDir });
}

async function expectRefusal(reason: RegExp): Promise<void> {
  const error = await open().then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect(error?.message).toMatch(reason);
  expect(error?.message).toContain(dataDir);
  expect(error?.message).toContain(ENV.dataDir);
  expect(error?.message).not.toContain('\n');
}

async function put({ client, table }: LocalStore, pk: string): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, sk: { S: pk } } }));
}

async function get({ client, table }: LocalStore, pk: string): Promise<boolean> {
  const Key = { pk: { S: pk }, sk: { S: pk } };
  return (await client.send(new GetItemCommand({ TableName: table, Key }))).Item !== undefined;
}
