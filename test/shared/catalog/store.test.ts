import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { appKey, communityKey, type Key, runsPartition } from '../../../shared/catalog/keys.ts';
import { getItem, queryItems } from '../../../shared/catalog/readItems.ts';
import {
  type Expression,
  type Item,
  metered,
  type Store,
  setAll,
  type Update,
} from '../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import { putItem, putItems, updateItem } from '../../../shared/catalog/writeItems.ts';
import { collect } from '../../support/collect.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { openScriptedAws, type ScriptedAws, type SeenCall } from '../../support/scriptedAws.ts';

const table = useMemoryTable();
const partition = (pk: string) => ({ expression: 'pk = :pk', values: { ':pk': pk } });

describe('an item', () => {
  it('keeps empty strings, numbers, lists and maps, and has no attribute for what is undefined', async () => {
    const key = { ...appKey(table.freshApp()) };
    await putItem(table.store, {
      ...key,
      empty: '',
      zero: 0,
      no: false,
      list: [1, 'a'],
      map: { deep: { a: 1 } },
      absent: undefined,
    });
    expect(await table.item(key)).toEqual({
      ...key,
      empty: '',
      zero: 0,
      no: false,
      list: [1, 'a'],
      map: { deep: { a: 1 } },
    });
  });

  it('is not written when its condition refuses', async () => {
    const key = { ...appKey(table.freshApp()) };
    const isNew = { expression: 'attribute_not_exists(pk)' };
    expect(await putItem(table.store, { ...key, nth: 1 }, isNew)).toBe(true);
    expect(await putItem(table.store, { ...key, nth: 2 }, isNew)).toBe(false);
    expect(await table.item(key)).toMatchObject({ nth: 1 });
  });

  it('is changed attribute by attribute; an undefined one is left alone', async () => {
    const key = { ...appKey(table.freshApp()) };
    await putItem(table.store, { ...key, a: 1, b: 1 });
    expect(await updateItem(table.store, key, setAll({ a: 2, b: undefined, c: 3 }))).toEqual({ a: 2, c: 3 });
    expect(await table.item(key)).toEqual({ ...key, a: 2, b: 1, c: 3 });
  });

  it('is given as it was before a change that asks for it', async () => {
    const key = { ...appKey(table.freshApp()) };
    expect(await updateItem(table.store, key, setAll({ a: 1 }), undefined, 'ALL_OLD')).toEqual({});
    expect(await updateItem(table.store, key, setAll({ a: 2 }), undefined, 'ALL_OLD')).toEqual({
      ...key,
      a: 1,
    });
    const refused = { expression: 'a = :one', values: { ':one': 1 } };
    expect(await updateItem(table.store, key, setAll({ a: 3 }), refused, 'ALL_OLD')).toBeUndefined();
  });

  it('that cannot be written for another reason than its condition throws', async () => {
    await expect(putItem({ ...table.store, table: 'elsewhere' }, { ...appKey(1) })).rejects.toThrow();
  });
});

describe('a query', () => {
  it('yields every item of a partition beyond one page', async () => {
    const pk = runsPartition(table.freshApp());
    const long = 'x'.repeat(100_000);
    await putItems(
      table.store,
      Array.from({ length: 30 }, (_, nth) => ({ pk, sk: String(nth).padStart(3, '0'), long })),
    );
    const found = await collect(queryItems(table.store, partition(pk)));
    expect(found.map(({ sk }) => Number(sk))).toEqual(Array.from({ length: 30 }, (_, nth) => nth));
  });

  it('yields as many as asked for, from the end when asked to', async () => {
    const pk = runsPartition(table.freshApp());
    await putItems(
      table.store,
      Array.from({ length: 9 }, (_, nth) => ({ pk, sk: String(nth) })),
    );
    const found = await collect(queryItems(table.store, partition(pk), { descending: true, limit: 3 }));
    expect(found.map(({ sk }) => sk)).toEqual(['8', '7', '6']);
  });

  it('fills its limit although a filter drops most items', async () => {
    const pk = runsPartition(table.freshApp());
    await putItems(
      table.store,
      Array.from({ length: 40 }, (_, nth) => ({ pk, sk: String(nth).padStart(2, '0'), even: nth % 8 === 0 })),
    );
    const filter = { expression: 'even = :yes', values: { ':yes': true } };
    const found = await collect(queryItems(table.store, partition(pk), { filter, limit: 4 }));
    expect(found.map(({ sk }) => sk)).toEqual(['00', '08', '16', '24']);
  });
});

describe('the meter', () => {
  it('adds up what reads and writes consume, refused ones included', async () => {
    const units = createUnitMeter();
    const store = metered(table.store, units);
    const key = { ...communityKey(table.freshApp(), 'g') };
    await putItem(store, key);
    await putItem(store, key, { expression: 'attribute_not_exists(pk)' });
    await putItems(store, [
      { ...key, sk: 'a' },
      { ...key, sk: 'b' },
    ]);
    expect(units).toEqual({ writeUnits: 4, readUnits: 0 });
    await collect(queryItems(store, partition(key.pk), { consistent: true }));
    await collect(queryItems(store, partition(key.pk)));
    expect(units).toEqual({ writeUnits: 4, readUnits: 1.5 });
  });
});

describe('the meter of a store that counts no index writes', () => {
  const failing = { attention: 'failing', attentionSince: 'then' };

  /** What one write costs after some others. */
  async function costOf(write: (store: Store, key: Key) => Promise<unknown>, before?: Item): Promise<number> {
    const key = { ...communityKey(table.freshApp(), 'g') };
    if (before) await putItem(table.store, { ...key, ...before });
    const units = createUnitMeter();
    await write(metered(table.store, units), key);
    return units.writeUnits;
  }
  const put = (item: Item, condition?: Expression) => (store: Store, key: Key) =>
    putItem(store, { ...key, ...item }, condition);
  const update = (change: Update) => (store: Store, key: Key) =>
    updateItem(store, key, change, undefined, 'ALL_OLD');
  const long = { long: 'x'.repeat(2500) };

  it('has those of items that are put, by how they were before', async () => {
    expect(await costOf(put({}))).toBe(1);
    expect(await costOf(put(failing))).toBe(2);
    expect(await costOf(put({ ...failing, ...long }))).toBe(6);
    expect(await costOf(put({}), { ...failing, ...long })).toBe(6);
    expect(await costOf(put(failing), { ...failing, attention: 'missing' })).toBe(3);
  });

  it('has those of items that are put by the batch', async () => {
    const items = (key: Key) => ['a', 'b', 'c'].map((sk) => ({ ...key, sk, ...failing }));
    expect(await costOf((store, key) => putItems(store, items(key)))).toBe(6);
  });

  it('has those of updates that enter, stay in and leave an index', async () => {
    expect(await costOf(update(setAll({ a: 1 })))).toBe(1);
    expect(await costOf(update(setAll(failing)))).toBe(2);
    expect(await costOf(update(setAll({ a: 1 })), failing)).toBe(2);
    const leave = {
      expression: 'REMOVE attention, attentionSince',
      removes: ['attention', 'attentionSince'],
    };
    expect(await costOf(update(leave), failing)).toBe(2);
    expect(await costOf(update(leave), { a: 1 })).toBe(1);
  });

  it('has a refused write by the bytes of what was refused', async () => {
    const never = { expression: 'attribute_exists(nothing)' };
    expect(await costOf(put(long, never))).toBe(3);
    expect(await costOf(put({}, never))).toBe(1);
  });

  it('counts bytes where the store counts characters', async () => {
    expect(await costOf(put({ text: '群'.repeat(1000) }))).toBe(3);
  });
});

describe('the meter of a store that reports what it consumes', () => {
  const index = { attention: { CapacityUnits: 2 } };
  const inIndex = { pk: 'p', sk: 's', attention: 'a', attentionSince: 'b' };
  let server: ScriptedAws | undefined;
  afterEach(() => server?.close());

  async function reporting(ConsumedCapacity?: object | object[]): Promise<Store> {
    server = await openScriptedAws(() => ({ ...(ConsumedCapacity && { ConsumedCapacity }) }));
    return { client: new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: server.endpoint }), table: 't' };
  }

  it('adds nothing to a sum that has the indexes in it', async () => {
    const units = createUnitMeter();
    const table = { CapacityUnits: 1 };
    const store = await reporting({ CapacityUnits: 3, Table: table, GlobalSecondaryIndexes: index });
    await putItem(metered(store, units), inIndex);
    await updateItem(
      metered(store, units),
      { pk: 'p', sk: 's' },
      setAll({ attention: 'a' }),
      undefined,
      'ALL_OLD',
    );
    expect(units).toEqual({ writeUnits: 6, readUnits: 0 });
    expect(server?.seen.map(({ input }) => input['ReturnConsumedCapacity'])).toEqual(['INDEXES', 'INDEXES']);
  });

  it('adds nothing to the sum of a batch, either', async () => {
    const units = createUnitMeter();
    await putItems(metered(await reporting([{ CapacityUnits: 8, GlobalSecondaryIndexes: index }]), units), [
      inIndex,
    ]);
    expect(units.writeUnits).toBe(8);
  });

  it('goes by the bytes alone where nothing is reported', async () => {
    const units = createUnitMeter();
    const store = metered(await reporting(), units);
    await putItem(store, { ...inIndex, long: 'x'.repeat(2500) });
    await putItems(store, [inIndex]);
    expect(units).toEqual({ writeUnits: 8, readUnits: 0 });
    await getItem(store, { pk: 'p', sk: 's' }, true);
    await collect(queryItems(store, partition('p')));
    expect(units).toEqual({ writeUnits: 8, readUnits: 1.5 });
  });

  it('asks for the item as it was only when it counts', async () => {
    const store = await reporting();
    await putItem(store, inIndex);
    await putItem(metered(store, createUnitMeter()), inIndex);
    expect(server?.seen.map(({ input }) => input['ReturnValues'])).toEqual([undefined, 'ALL_OLD']);
  });
});

describe('many items on a table that throttles', () => {
  let server: ScriptedAws | undefined;
  afterEach(async () => {
    jest.restoreAllMocks();
    await server?.close();
  });

  /** A store whose server sends some of each batch's entries back, and that waits no time before it tries again. */
  async function throttled(sendBack: (entries: object[], nth: number) => object[]): Promise<Store> {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    server = await openScriptedAws((call, nth) => ({
      UnprocessedItems: { t: sendBack(entriesOf(call), nth) },
    }));
    return { client: new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: server.endpoint }), table: 't' };
  }
  const entriesOf = ({ input }: SeenCall) => (input['RequestItems'] as { t: object[] }).t;
  const items = (count: number) => Array.from({ length: count }, (_, nth) => ({ pk: 'p', sk: String(nth) }));

  it('sends the entries that come back again, and only those', async () => {
    const store = await throttled((entries, nth) =>
      nth === 1 ? entries.slice(20) : nth === 2 ? entries.slice(4) : [],
    );
    const units = createUnitMeter();
    await putItems(metered(store, units), items(25));
    expect(units.writeUnits).toBe(25);
    expect(server?.seen.map((call) => entriesOf(call).length)).toEqual([25, 5, 1]);
    expect(entriesOf(server?.seen[2] as SeenCall)).toEqual([
      { PutRequest: { Item: { pk: { S: 'p' }, sk: { S: '24' } } } },
    ]);
  });

  it('sends no more than 25 at a time', async () => {
    const store = await throttled(() => []);
    await putItems(store, items(60));
    expect(server?.seen.map((call) => entriesOf(call).length)).toEqual([25, 25, 10]);
  });

  it('fails when entries come back until the time is up, and says how many', async () => {
    const store = await throttled((entries) => entries);
    await expect(putItems({ ...store, until: Date.now() + 50 }, items(3))).rejects.toThrow(
      'the table t is throttled: it sent 3 of 3 back until the time was up',
    );
    expect(server?.seen.length).toBeGreaterThan(1);
  });
});
