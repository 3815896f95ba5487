import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from '@jest/globals';
import { createStampLook } from '../../../lambdas/sync-community/stampLook.ts';
import { readCommunity } from '../../../shared/catalog/communities.ts';
import type { Store } from '../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import { beginWriting } from '../../../shared/catalog/writerLease.ts';
import { at } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();
const GROUPS = ['@TGS#_a', '@TGS#_b', '@TGS#_c'];
let app: number;
let requests: string[];

beforeEach(async () => {
  app = table.freshApp();
  requests = [];
  const lease = { writer: 'w', until: at(9), now: at(1), askedAt: at(1) };
  for (const groupId of GROUPS) await beginWriting(table.store, app, groupId, lease);
});

/** The table, its requests noted by name; those of one name may fail. */
function noting(failing?: string): Store {
  const send = async (command: never) => {
    const { name } = (command as object).constructor;
    requests.push(name);
    if (name === failing) throw new Error(`no ${name}`);
    return table.store.client.send(command);
  };
  return { ...table.store, client: { send } as unknown as DynamoDBClient };
}

function looks(stampOf: ReturnType<typeof createStampLook>, groupIds = GROUPS) {
  return Promise.all(groupIds.map((groupId) => stampOf(groupId, createUnitMeter())));
}

function alone(groupIds = GROUPS) {
  return Promise.all(
    groupIds.map((groupId) => readCommunity(table.store, app, groupId, { consistent: false })),
  );
}

it('looks at all communities of a batch by one request, at the first that is asked for', async () => {
  const stampOf = createStampLook(noting(), app, [...GROUPS, GROUPS[0] as string]);
  expect(requests).toEqual([]);
  expect(await looks(stampOf)).toEqual(await alone());
  expect(requests).toEqual(['BatchGetItemCommand']);
});

it('looks at each by itself where there is but one, or where the request failed', async () => {
  expect(await looks(createStampLook(noting(), app, ['@TGS#_a']), ['@TGS#_a'])).toEqual(
    await alone(['@TGS#_a']),
  );
  expect(requests).toEqual(['GetItemCommand']);
  requests = [];
  expect(await looks(createStampLook(noting('BatchGetItemCommand'), app, GROUPS))).toEqual(await alone());
  expect(requests).toEqual(['BatchGetItemCommand', 'GetItemCommand', 'GetItemCommand', 'GetItemCommand']);
});

it('hands on the error of a table that answers nothing', async () => {
  const store: Store = {
    ...table.store,
    client: { send: () => Promise.reject(new Error('down')) } as unknown as DynamoDBClient,
  };
  await expect(looks(createStampLook(store, app, GROUPS))).rejects.toThrow('down');
});
