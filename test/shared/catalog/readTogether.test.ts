import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from '@jest/globals';
import { readCommunity } from '../../../shared/catalog/communities.ts';
import { readCommunities } from '../../../shared/catalog/readTogether.ts';
import { metered, type Store } from '../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import { beginWriting } from '../../../shared/catalog/writerLease.ts';
import { at } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();
/** Of different shards, with what keys and shells care about in them. */
const KNOWN = ['@TGS#_one', '@TGS#_two|%', '@TGS#_three 3'];
const STRANGE = '@TGS#_never seen';

async function appWith(groupIds: readonly string[]): Promise<number> {
  const app = table.freshApp();
  const lease = { writer: 'w', until: at(9), now: at(1), askedAt: at(1) };
  for (const groupId of groupIds) await beginWriting(table.store, app, groupId, lease);
  return app;
}

it('reads the stamps of several communities by one request, each as it reads by itself and at the same price', async () => {
  const app = await appWith(KNOWN);
  const together = await readCommunities(table.store, app, [...KNOWN, STRANGE]);
  expect([...together.keys()].toSorted()).toEqual([...KNOWN, STRANGE].toSorted());
  for (const [groupId, { record, charge }] of together) {
    const [alone, meter] = [createUnitMeter(), createUnitMeter()];
    const own = await readCommunity(metered(table.store, alone), app, groupId, { consistent: false });
    charge(meter);
    expect(record).toEqual(own);
    expect(meter).toEqual(alone);
  }
  expect(together.get(STRANGE)?.record).toBeUndefined();
});

it('leaves out what the table did not come to', async () => {
  const app = await appWith(KNOWN);
  const send = async (command: BatchGetItemCommand) => {
    const [[name, { Keys = [] }] = ['', {}]] = Object.entries(command.input.RequestItems ?? {});
    const cut = new BatchGetItemCommand({ RequestItems: { [name]: { Keys: Keys.slice(1) } } });
    const answer = await table.store.client.send(cut);
    return { ...answer, UnprocessedKeys: { [name]: { Keys: Keys.slice(0, 1) } } };
  };
  const store: Store = { ...table.store, client: { send } as unknown as DynamoDBClient };
  expect([...(await readCommunities(store, app, KNOWN)).keys()]).toEqual(KNOWN.slice(1));
});
