import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dynalite from 'dynalite';
import { ensureTable } from '../../local/resources.ts';
import { openStore } from '../../local/servers.ts';
import { createTableServer } from '../../local/tableServer.ts';
import { getItem, queryItems } from '../../shared/catalog/readItems.ts';
import { TABLE } from '../../shared/catalog/table.ts';
import { putItem } from '../../shared/catalog/writeItems.ts';
import { ENV } from '../../shared/config.ts';
import { collect } from '../support/collect.ts';
import { LOCAL_ACCOUNT } from '../support/localAccount.ts';

const table = 'mirror.of-1_app';
let server: Server;
let client: DynamoDBClient;
const store = () => ({ client, table });

beforeAll(async () => {
  server = createTableServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint });
  await ensureTable(client, table);
});

afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const insert = (pk: string, sk: string, more: Record<string, { S: string }> = {}): BatchStatementRequest => {
  const names = ['pk', 'sk', ...Object.keys(more)];
  return {
    Statement: `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`,
    Parameters: [{ S: pk }, { S: sk }, ...Object.values(more)],
  };
};
const execute = async (...Statements: BatchStatementRequest[]) => {
  const command = new BatchExecuteStatementCommand({ Statements, ReturnConsumedCapacity: 'INDEXES' });
  const { Responses, ConsumedCapacity } = await client.send(command);
  return { Responses, ConsumedCapacity };
};

describe('a batch of statements', () => {
  it('inserts each item, indexes included, and says what that consumed', async () => {
    const { name, partitionKey, sortKey } = TABLE.indexes.changesByDay;
    const indexed = { [partitionKey]: { S: 'a day' }, [sortKey]: { S: 'then' } };
    const answer = await execute(
      insert('a', '1', indexed),
      insert('a', '2', { text: { S: 'x'.repeat(1500) } }),
    );
    expect(answer).toEqual({
      Responses: [{ TableName: table }, { TableName: table }],
      ConsumedCapacity: [{ TableName: table, CapacityUnits: 3 }],
    });
    const condition = { expression: `${partitionKey} = :day`, values: { ':day': 'a day' } };
    expect(await collect(queryItems(store(), condition, { index: name }))).toEqual([
      { pk: 'a', sk: '1', [partitionKey]: 'a day', [sortKey]: 'then' },
    ]);
  });

  it('leaves an item as it is whose key is taken, and inserts the others', async () => {
    await putItem(store(), { pk: 'b', sk: '1', text: 'before' });
    const { Responses } = await execute(insert('b', '1', { text: { S: 'after' } }), insert('b', '2'));
    expect(Responses).toEqual([
      {
        TableName: table,
        Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
      },
      { TableName: table },
    ]);
    expect(await getItem(store(), { pk: 'b', sk: '1' }, true)).toMatchObject({ text: 'before' });
    expect(await getItem(store(), { pk: 'b', sk: '2' }, true)).toBeDefined();
  });

  it('knows a key that is taken wherever a statement names it', async () => {
    await putItem(store(), { pk: 'h', sk: '1' });
    const { Responses } = await execute({
      Statement: `INSERT INTO "${table}" VALUE {'text': ?, 'sk': ?, 'pk': ?}`,
      Parameters: [{ S: 'after' }, { S: '1' }, { S: 'h' }],
    });
    expect(Responses?.[0]?.Error?.Code).toBe('DuplicateItem');
    expect(await getItem(store(), { pk: 'h', sk: '1' }, true)).toEqual({ pk: 'h', sk: '1' });
  });

  it('lets one of two win that insert the same key at once', async () => {
    const answers = await Promise.all(
      ['x', 'y'].map((text) => execute(insert('c', '1', { text: { S: text } }))),
    );
    const codes = answers.map(({ Responses }) => Responses?.[0]?.Error?.Code);
    expect(codes.toSorted()).toEqual(['DuplicateItem', undefined]);
    const winner = ['x', 'y'][codes.indexOf(undefined)];
    expect(await getItem(store(), { pk: 'c', sk: '1' }, true)).toMatchObject({ text: winner });
  });

  it('takes a quote in the name of an attribute', async () => {
    await execute({
      Statement: `INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?, 'it''s': ?}`,
      Parameters: [{ S: 'd' }, { S: '1' }, { S: 'yes' }],
    });
    expect(await getItem(store(), { pk: 'd', sk: '1' }, true)).toMatchObject({ "it's": 'yes' });
  });

  it.each<[string, BatchStatementRequest, string]>([
    ['of another kind', { Statement: `SELECT * FROM "${table}"` }, 'no other statement'],
    [
      'with a literal',
      { Statement: `INSERT INTO "${table}" VALUE {'pk': 'a', 'sk': 'b'}` },
      'no other statement',
    ],
    ['with too few parameters', { ...insert('e', '1'), Parameters: [{ S: 'e' }] }, 'Number of parameters'],
    [
      'without the sort key',
      { Statement: `INSERT INTO "${table}" VALUE {'pk': ?}`, Parameters: [{ S: 'e' }] },
      'sk',
    ],
    ['with an empty key', insert('', '1'), 'empty string'],
    ['of an item above 400 KB', insert('e', '2', { text: { S: 'x'.repeat(420_000) } }), 'Item size'],
  ])('refuses a statement %s, and executes those beside it', async (what, statement, message) => {
    const { Responses } = await execute(statement, insert('f', what));
    expect(Responses?.[0]?.Error).toEqual({
      Code: 'ValidationError',
      Message: expect.stringContaining(message),
    });
    expect(Responses?.[1]?.Error).toBeUndefined();
    expect(await getItem(store(), { pk: 'f', sk: what }, true)).toBeDefined();
  });

  it('names a table that is not there', async () => {
    const statement = { Statement: `INSERT INTO "none" VALUE {'pk': ?}`, Parameters: [{ S: 'a' }] };
    const { Responses } = await execute(statement);
    expect(Responses?.[0]?.Error?.Code).toBe('ResourceNotFound');
  });

  it('is refused when it has no statement, or more than 25', async () => {
    await expect(execute()).rejects.toThrow('1 to 25');
    const many = Array.from({ length: 26 }, (_, nth) => insert('g', `${nth}`));
    await expect(execute(...many)).rejects.toThrow('this one 26');
    expect(await collect(queryItems(store(), { expression: 'pk = :pk', values: { ':pk': 'g' } }))).toEqual(
      [],
    );
  });
});

describe('a server that the environment names', () => {
  it('is refused with a remedy when it knows no statements, before anything is asked of it', async () => {
    const bare = dynalite({ createTableMs: 0 });
    bare.listen(0, '127.0.0.1');
    await once(bare, 'listening');
    const endpoint = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
    const opening = openStore({ [ENV.awsEndpointDynamoDb]: endpoint });
    await expect(opening).rejects.toThrow(/knows no PartiQL.*DynamoDB Local, or the embedded one/);
    bare.closeAllConnections();
    await new Promise((resolve) => bare.close(resolve));
  });

  it('is left as it is by the look at it', async () => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const opened = await openStore({ [ENV.awsEndpointDynamoDb]: endpoint, [ENV.table]: 'looked-at' });
    const { Items } = await client.send(new ScanCommand({ TableName: 'looked-at' }));
    expect(Items).toEqual([]);
    await opened.close();
  });
});
