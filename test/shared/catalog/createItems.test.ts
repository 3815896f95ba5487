import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createItems } from '../../../shared/catalog/createItems.ts';
import { runsPartition } from '../../../shared/catalog/keys.ts';
import { metered, type Store } from '../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';
import { withLostAnswers } from '../../support/lostAnswers.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { openScriptedAws, type ScriptedAws, type SeenCall } from '../../support/scriptedAws.ts';

const table = useMemoryTable();

describe('items that are created', () => {
  it('are stored with all that they hold, but for what is undefined', async () => {
    const pk = runsPartition(table.freshApp());
    const item = {
      pk,
      sk: 'a',
      empty: '',
      none: 0,
      no: false,
      list: [1, 'a'],
      map: { deep: { "it's": null } },
    };
    expect(
      await createItems(table.store, [
        { ...item, absent: undefined },
        { pk, sk: 'b' },
      ]),
    ).toEqual([]);
    expect(await table.item({ pk, sk: 'a' })).toEqual(item);
    expect(await table.item({ pk, sk: 'b' })).toEqual({ pk, sk: 'b' });
  });

  it('are refused one by one where their keys are taken, and leave there what is there', async () => {
    const pk = runsPartition(table.freshApp());
    await createItems(table.store, [{ pk, sk: 'b', nth: 1 }]);
    const items = ['a', 'b', 'c'].map((sk) => ({ pk, sk, nth: 2 }));
    expect(await createItems(table.store, items)).toEqual([{ pk, sk: 'b', nth: 2 }]);
    const stored = await Promise.all(items.map(({ sk }) => table.item({ pk, sk })));
    expect(stored.map((item) => item?.['nth'])).toEqual([2, 1, 2]);
  });

  it('are metered each by itself, those that are refused included', async () => {
    const pk = runsPartition(table.freshApp());
    const units = createUnitMeter();
    await createItems(table.store, [{ pk, sk: 'a' }]);
    const large = { pk, sk: 'b', text: 'é'.repeat(1000) };
    await createItems(metered(table.store, units), [{ pk, sk: 'a', nth: 2 }, large]);
    // What is there instead of the refused one has to be looked at.
    expect(units).toEqual({ writeUnits: 1 + 2, readUnits: 1 });
  });

  it('are not refused for themselves, where the answer to their first writing was lost', async () => {
    const pk = runsPartition(table.freshApp());
    await createItems(table.store, [{ pk, sk: 'taken', of: 'another' }]);
    const items = [...['a', 'b'].map((sk) => ({ pk, sk, list: [1, { deep: true }] })), { pk, sk: 'taken' }];
    expect(await createItems(withLostAnswers(table.store), items)).toEqual([{ pk, sk: 'taken' }]);
    expect(await table.item({ pk, sk: 'taken' })).toMatchObject({ of: 'another' });
  });

  it('that are none ask nothing of the table', async () => {
    expect(await createItems({ client: undefined as never, table: 'none' }, [])).toEqual([]);
  });
});

describe('items that are created on a table in trouble', () => {
  let server: ScriptedAws | undefined;
  afterEach(() => server?.close());

  const items = (count: number) => Array.from({ length: count }, (_, nth) => ({ pk: 'p', sk: String(nth) }));
  const keysOf = ({ input }: SeenCall) =>
    (input['Statements'] as { Parameters: { S: string }[] }[]).map(
      ({ Parameters }) => Parameters[1]?.S ?? '',
    );

  /** @param codeOf error of a statement, by its item's sort key and the number of the request */
  async function answering(codeOf: (sk: string, nth: number) => string | undefined): Promise<Store> {
    server = await openScriptedAws((call, nth) => ({
      ...(call.operation === 'BatchGetItem' && { Responses: { t: [] } }),
      ...(call.operation !== 'BatchGetItem' && answers(call, nth, codeOf)),
    }));
    return { client: new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: server.endpoint }), table: 't' };
  }

  function answers(call: SeenCall, nth: number, codeOf: (sk: string, nth: number) => string | undefined) {
    return {
      Responses: keysOf(call).map((sk) => {
        const Code = codeOf(sk, nth);
        return Code === undefined ? { TableName: 't' } : { Error: { Code, Message: 'because' } };
      }),
    };
  }

  it.each([
    'ThrottlingError',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'InternalServerError',
    'TransactionConflict',
  ])('are sent again after %s, and those alone', async (code) => {
    const store = await answering((sk, nth) => (nth === 1 && ['1', '3'].includes(sk) ? code : undefined));
    const units = createUnitMeter();
    expect(await createItems(metered(store, units), items(5))).toEqual([]);
    expect(server?.seen.map(keysOf)).toEqual([
      ['0', '1', '2', '3', '4'],
      ['1', '3'],
    ]);
    expect(units.writeUnits).toBe(5);
  });

  it('tell of a key that turns out to be taken once it is sent again', async () => {
    const store = await answering((sk, nth) =>
      sk !== '2' ? undefined : nth === 1 ? 'ThrottlingError' : 'DuplicateItem',
    );
    expect(await createItems(store, items(3))).toEqual([{ pk: 'p', sk: '2' }]);
  });

  it('fail when some are sent back until the time is up, and say how many of which table', async () => {
    const store = await answering((sk) => (sk === '0' ? undefined : 'ThrottlingError'));
    await expect(createItems({ ...store, until: Date.now() + 300 }, items(3))).rejects.toThrow(
      'the table t is throttled: it sent 2 of 3 back until the time was up',
    );
  });

  it('are metered once where the table has those that it refused in its sum', async () => {
    const GlobalSecondaryIndexes = { attention: { CapacityUnits: 2 } };
    for (const [ConsumedCapacity, units] of [
      [[{ TableName: 't', CapacityUnits: 3 }], 3],
      [[{ TableName: 't', CapacityUnits: 5, GlobalSecondaryIndexes }], 5],
      // One for each statement.
      [[1, 1, 1].map((CapacityUnits) => ({ TableName: 't', CapacityUnits })), 3],
      [[{ TableName: 't', CapacityUnits: 2 }], 3],
      [undefined, 3],
    ] as const) {
      const answer = { Responses: [{}, { Error: { Code: 'DuplicateItem', Message: '' } }, {}] };
      const aws = await openScriptedAws(({ operation }) =>
        operation === 'BatchGetItem' ? { Responses: { t: [] } } : { ...answer, ConsumedCapacity },
      );
      const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: aws.endpoint });
      const meter = createUnitMeter();
      expect(await createItems({ client, table: 't', meter }, items(3))).toHaveLength(1);
      expect(meter.writeUnits).toBe(units);
      await aws.close();
    }
  });

  it('fail when one is refused for a reason of its own, and say which', async () => {
    const store = await answering((sk) => (sk === '1' ? 'ValidationError' : undefined));
    await expect(createItems(store, items(3))).rejects.toThrow(
      'the table t refused an item: ValidationError: because',
    );
  });

  it('fail when a statement is left without an answer', async () => {
    server = await openScriptedAws(() => ({ Responses: [{ TableName: 't' }] }));
    const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: server.endpoint });
    await expect(createItems({ client, table: 't' }, items(2))).rejects.toThrow('without an answer');
  });
});
