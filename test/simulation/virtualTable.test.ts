import {
  BatchExecuteStatementCommand,
  BatchWriteItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getItem, queryItems } from '../../shared/catalog/readItems.ts';
import type { Item } from '../../shared/catalog/store.ts';
import { putItem, putItems, updateItem } from '../../shared/catalog/writeItems.ts';
import { collect } from '../support/collect.ts';
import { useMemoryTable } from '../support/memoryTable.ts';
import { plainStore } from './aws/plainStore.ts';
import { ThrottledError } from './aws/throttled.ts';
import { VirtualTable } from './aws/virtualTable.ts';
import { createWriteCapacity } from './aws/writeCapacity.ts';
import { operations, readingOf } from './operations.ts';

const KEY = { pk: 'a', sk: 'b' };

/** A table by itself, its queries in pages of two items. */
function emptyStore() {
  return plainStore(new VirtualTable(() => 0), { pageItems: 2 });
}

/** Without the unique mark that each request which advances a run draws for itself. */
function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (value === null || typeof value !== 'object' || value instanceof Set) return value;
  const fields = Object.entries(value).filter(([name]) => name !== 'advancedBy');
  return Object.fromEntries(fields.map(([name, field]) => [name, unmarked(field)]));
}

describe('the virtual table, beside an independent implementation of DynamoDB', () => {
  const table = useMemoryTable();

  test('answers and holds the same, whatever the functions do to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operations, { minLength: 3, maxLength: 25 }), async (sequence) => {
        const [app, virtual] = [table.freshApp(), emptyStore()];
        for (const operation of sequence) {
          const answers = await Promise.all([operation(table.store, app), operation(virtual, app)]);
          const [real, simulated] = answers.map(unmarked);
          expect(simulated).toEqual(real);
        }
        expect(unmarked(await readingOf(virtual, app))).toEqual(unmarked(await readingOf(table.store, app)));
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

describe('the virtual table', () => {
  test('shows a reader that may be behind what was there before', async () => {
    let now = 1000;
    const table = new VirtualTable(() => now);
    const store = plainStore(table);
    await putItem(store, { ...KEY, name: 'old' });
    now = 2000;
    await putItem(store, { ...KEY, name: 'new' });
    const behind = (asOf: number) => plainStore(table, { asOf });
    const partition = { expression: 'pk = :pk', values: { ':pk': KEY.pk } };
    expect(await getItem(behind(1999), KEY, false)).toMatchObject({ name: 'old' });
    expect(await getItem(behind(1999), KEY, true)).toMatchObject({ name: 'new' });
    expect(await collect(queryItems(behind(1999), partition))).toMatchObject([{ name: 'old' }]);
    expect(await collect(queryItems(behind(999), partition))).toEqual([]);
  });

  test.each([
    ['an operator', { expression: 'NOT pk = :pk', values: { ':pk': 'a' } }],
    ['a comparison of lists', { expression: 'pk = :pk OR :pk = :pk', values: { ':pk': ['a'] } }],
    ['a function', { expression: 'contains(pk, :pk)', values: { ':pk': 'a' } }],
    ['a value that nothing uses', { expression: 'attribute_exists(pk)', values: { ':pk': 'a' } }],
  ])('throws at %s that it was not taught', async (_what, condition) => {
    await expect(putItem(emptyStore(), KEY, condition)).rejects.toThrow(/not taught|not used/);
  });

  test('throws at a part of an attribute that is set, and at a batch that names a key twice', async () => {
    const store = emptyStore();
    const part = { expression: 'SET a.b = :v', values: { ':v': 1 } };
    await expect(updateItem(store, KEY, part)).rejects.toThrow('a part of an attribute');
    await expect(putItems(store, [KEY, KEY])).rejects.toThrow('twice');
  });
});

describe('the virtual table at its capacity', () => {
  const items = (count: number, sk = '') =>
    Array.from({ length: count }, (_, nth) => ({ pk: 'a', sk: `${sk}${nth}` }));
  const marshalled = (all: readonly Item[]) => all.map((item) => marshall(item));
  const puts = (all: readonly Item[]) =>
    new BatchWriteItemCommand({
      RequestItems: { t: marshalled(all).map((Item) => ({ PutRequest: { Item } })) },
    });
  const inserts = (all: readonly Item[]) =>
    new BatchExecuteStatementCommand({
      Statements: marshalled(all).map((item) => ({
        Statement: `INSERT INTO "t" VALUE {'pk': ?, 'sk': ?}`,
        Parameters: Object.values(item),
      })),
    });

  test('sends back what it has no units for, and refuses a request of which it takes nothing', () => {
    let now = 0;
    const table = new VirtualTable(
      () => now,
      undefined,
      createWriteCapacity(10, () => now),
    );
    expect(table.execute(puts(items(14)))).toMatchObject({
      UnprocessedItems: {
        t: [10, 11, 12, 13].map((nth) => ({ PutRequest: { Item: { sk: { S: `${nth}` } } } })),
      },
    });
    expect(() => table.execute(puts(items(2)))).toThrow(ThrottledError);
    expect(() => table.execute(new PutItemCommand({ TableName: 't', Item: marshall(KEY) }))).toThrow(
      ThrottledError,
    );
    now = 200;
    const sentBack = { Error: { Code: 'ProvisionedThroughputExceeded' } };
    expect(table.execute(inserts(items(4, 'new')))).toMatchObject({
      Responses: [{}, {}, sentBack, sentBack],
    });
    expect(table.partition('a')).toHaveLength(12);
  });

  test('counts the units of an index by themselves, and a full index refuses the write', () => {
    const table = new VirtualTable(
      () => 0,
      undefined,
      createWriteCapacity(10, () => 0),
    );
    const failing = { attention: { S: 'a' }, attentionSince: { S: 'b' } };
    const put = (sk: string, more: object) =>
      table.execute(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' }, sk: { S: sk }, ...more } }));
    // An entry whose key changes costs its index two units, the table one.
    put('0', failing);
    for (let nth = 1; nth <= 4; nth++) put('0', { ...failing, attention: { S: String(nth) } });
    expect(() => put('0', { ...failing, attention: { S: 'more' } })).toThrow(ThrottledError);
    put('1', {});
  });
});
