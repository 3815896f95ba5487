import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalStore, openStore } from '../../local/servers.ts';
import { ENV } from '../../shared/config.ts';
import { LOCAL_ACCOUNT } from '../support/localAccount.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-client-'));
let store: LocalStore;
/** A client that knows the store's URL alone, as another process does. */
let other: DynamoDBClient;

beforeAll(async () => {
  store = await openStore({ [ENV.dataDir]: dataDir });
  const { url = '', key = '' } = store.embedded ?? {};
  const credentials = { ...LOCAL_ACCOUNT.credentials, accessKeyId: key };
  other = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: url, credentials });
});

afterAll(async () => {
  other.destroy();
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
const put = (Item: Record<string, AttributeValue>, ConditionExpression?: string) =>
  new PutItemCommand({ TableName: store.table, Item, ConditionExpression });
const get = (pk: string) => new GetItemCommand({ TableName: store.table, Key: key(pk) });

describe('a client that asks the store of its own process', () => {
  it.each<[string, AttributeValue]>([
    ['bytes', { B: new Uint8Array([0, 1, 254, 255]) }],
    ['bytes of Node’s own kind', { B: Buffer.from([7, 8]) }],
    ['sets of bytes', { BS: [new Uint8Array([1]), new Uint8Array([2, 3])] }],
    ['bytes within', { M: { B: { L: [{ B: new Uint8Array([9]) }] } } }],
    ['an attribute that is called B', { M: { B: { S: '"B":"AA=="' } } }],
    ['text of all kinds', { S: 'ü \u2028 "B":"AA==" 群 😀 \\' }],
    ['long numbers', { N: '12345678901234567890.123456789' }],
    ['the rest', { L: [{ BOOL: false }, { NULL: true }, { SS: ['a', 'b'] }, { NS: ['1', '2'] }] }],
  ])('keeps %s as one that asks over HTTP does', async (what, value) => {
    await store.client.send(put({ ...key(what), value }));
    const [{ Item: here }, { Item: there }] = [
      await store.client.send(get(what)),
      await other.send(get(what)),
    ];
    expect(here).toEqual(there);
    expect(here?.['value']).toEqual(plain(value));
  });

  it('is told of errors by the classes and names that the SDK has for them', async () => {
    await store.client.send(put(key('taken')));
    const refused = put(key('taken'), 'attribute_not_exists(pk)');
    const unknown = new GetItemCommand({ TableName: 'none', Key: key('a') });
    const invalid = new QueryCommand({ TableName: store.table, KeyConditionExpression: 'pk <> pk' });
    const unfit = new PutItemCommand({
      TableName: store.table,
      Item: { ...key('a'), no: 1 as unknown as AttributeValue },
    });
    const cases = [
      [refused, ConditionalCheckFailedException],
      [unknown, ResourceNotFoundException],
      [invalid, DynamoDBServiceException],
      [unfit, DynamoDBServiceException],
    ] as const;
    for (const [command, kind] of cases) {
      const [here, there] = await Promise.all(
        [store.client, other].map((client) =>
          client.send(command as GetItemCommand).then(
            () => undefined,
            (error: unknown) => error as DynamoDBServiceException,
          ),
        ),
      );
      expect(here).toBeInstanceOf(kind);
      expect([here?.name, here?.message]).toEqual([there?.name, there?.message]);
      expect(here?.$metadata.httpStatusCode).toBe(there?.$metadata.httpStatusCode);
    }
  });

  it('is told when the store has been closed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'topic-mirror-client-'));
    const closed = await openStore({ [ENV.dataDir]: dir });
    await closed.close();
    await expect(closed.client.send(get('a'))).rejects.toThrow('the embedded store has been closed');
    rmSync(dir, { recursive: true, force: true });
  });
});

/** A Buffer as the bytes that come back. */
function plain(value: AttributeValue): AttributeValue {
  return value.B ? { B: new Uint8Array(value.B) } : value;
}
