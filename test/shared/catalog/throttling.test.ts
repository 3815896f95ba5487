import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import { withoutThrottleRetries } from '../../../shared/busyClient.ts';
import { createItems } from '../../../shared/catalog/createItems.ts';
import type { Key } from '../../../shared/catalog/keys.ts';
import { getItem, getItems, queryItems } from '../../../shared/catalog/readItems.ts';
import type { Store } from '../../../shared/catalog/store.ts';
import { TableThrottledError } from '../../../shared/catalog/throttling.ts';
import { putItem, putItems, updateItem } from '../../../shared/catalog/writeItems.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { openThrottledTable, type ThrottledTable } from '../../support/throttledTable.ts';

const table = useMemoryTable();
let throttled: ThrottledTable | undefined;
afterEach(() => throttled?.close());

/** The memory table behind a server that throttles as it is told; a client without retries of its own for that. */
async function behind(refuse: () => string | undefined, more: Partial<Store> = {}): Promise<Store> {
  throttled = await openThrottledTable(table.store.client, refuse);
  const client = withoutThrottleRetries(new DynamoDBClient({ ...throttled.account, maxAttempts: 3 }));
  return { client, table: table.store.table, ...more };
}

const keyOf = (nth: number) => ({ pk: `${table.freshApp()}|throttled`, sk: String(nth) });
const items = (count: number) => {
  const { pk } = keyOf(0);
  return Array.from({ length: count }, (_, nth) => ({ pk, sk: String(nth).padStart(3, '0'), nth }));
};
const keysOf = (all: readonly Key[]) => all.map(({ pk, sk }) => ({ pk, sk }));
const stored = (all: readonly Key[]) => getItems(table.store, keysOf(all), true);

describe.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
  'a request that the table refuses as a whole with 400 %s',
  (name) => {
    /** Refuses everything for so long. */
    const forMs = (ms: number) => {
      const end = Date.now() + ms;
      return () => (Date.now() < end ? name : undefined);
    };

    it('is sent again until it is taken, whatever it writes', async () => {
      const store = await behind(forMs(700));
      const [batch, created] = [items(30), items(25)];
      const { pk, sk } = keyOf(1);
      await Promise.all([
        putItems(store, batch),
        createItems(store, created),
        putItem(store, { pk, sk, text: 'put' }),
        updateItem(
          store,
          { pk, sk: '2' },
          { expression: 'SET #n = :n', names: { '#n': 'nth' }, values: { ':n': 1 } },
        ),
      ]);
      expect(await stored(batch)).toEqual(batch);
      expect(await stored(created)).toEqual(created);
      expect(await table.item({ pk, sk })).toMatchObject({ text: 'put' });
      expect(await table.item({ pk, sk: '2' })).toMatchObject({ nth: 1 });
      expect(throttled?.refused).toBeGreaterThanOrEqual(4);
    });

    it('is sent again until it is answered, whatever it reads', async () => {
      const all = items(3);
      await putItems(table.store, all);
      const store = await behind(forMs(400));
      const [first] = all as [(typeof all)[number]];
      const condition = { expression: 'pk = :pk', values: { ':pk': first.pk } };
      const [one, some, queried] = await Promise.all([
        getItem(store, { pk: first.pk, sk: first.sk }, true),
        getItems(store, keysOf(all)),
        collect(queryItems(store, condition)),
      ]);
      expect([one, some, queried]).toEqual([first, all, all]);
      expect(throttled?.refused).toBeGreaterThanOrEqual(3);
    });
  },
);

describe('a table that is throttled', () => {
  const name = 'ProvisionedThroughputExceededException';

  it('is given up at the store’s own end and not before, and the error says what is wrong', async () => {
    const until = Date.now() + 900;
    const store = await behind(() => name, { until });
    const failed = await putItems(store, items(3)).catch((error: unknown) => error);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    expect(failed).toBeInstanceOf(TableThrottledError);
    expect((failed as Error).message).toBe(
      `the table ${store.table} is throttled: it sent 3 of 3 back until the time was up`,
    );
  });

  it('is tried once by whoever has no time left', async () => {
    const store = await behind(() => undefined, { until: 0 });
    const all = items(2);
    await putItems(store, all);
    expect(await stored(all)).toEqual(all);
  });

  it('has whoever writes asked before each round, and what is not allowed any more is not written', async () => {
    const store = await behind(() => name, { until: Date.now() + 5000 });
    let rounds = 0;
    const mayBegin = async () => {
      rounds += 1;
      if (rounds === 3) throw new Error('the lease is lost');
    };
    const all = items(5);
    await expect(createItems(store, all, mayBegin)).rejects.toThrow('the lease is lost');
    expect(throttled?.refused).toBe(2);
    expect(await stored(all)).toEqual(all.map(() => undefined));
  });

  it('fails at once for any other reason', async () => {
    const store = await behind(() => 'AccessDeniedException');
    await expect(putItems(store, items(1))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(throttled?.refused).toBe(1);
  });
});
