import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from '@jest/globals';
import { createFirstLook, type FirstLook } from '../../../lambdas/sync-community/firstLook.ts';
import { readCommunity } from '../../../shared/catalog/communities.ts';
import { putRoster } from '../../../shared/catalog/rosters.ts';
import { stampWritten } from '../../../shared/catalog/stamps.ts';
import type { Store } from '../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import { beginWriting } from '../../../shared/catalog/writerLease.ts';
import { at, communityRun, RUN_ID } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();
const GROUPS = ['@TGS#_a', '@TGS#_b', '@TGS#_c'];
const STATE = { topicCount: 1, missingCount: 0, digest: 'd' };
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

function looks({ stampOf }: FirstLook, groupIds = GROUPS) {
  return Promise.all(groupIds.map((groupId) => stampOf(groupId, createUnitMeter())));
}

function alone(groupIds = GROUPS) {
  return Promise.all(
    groupIds.map((groupId) => readCommunity(table.store, app, groupId, { consistent: false })),
  );
}

it('looks at all communities of a batch by one request, at the first that is asked for', async () => {
  const look = createFirstLook(noting(), app, [...GROUPS, GROUPS[0] as string]);
  expect(requests).toEqual([]);
  expect(await looks(look)).toEqual(await alone());
  expect(requests).toEqual(['BatchGetItemCommand']);
});

it('looks at each by itself where there is but one, or where the request failed', async () => {
  expect(await looks(createFirstLook(noting(), app, ['@TGS#_a']), ['@TGS#_a'])).toEqual(
    await alone(['@TGS#_a']),
  );
  expect(requests).toEqual(['GetItemCommand']);
  requests = [];
  expect(await looks(createFirstLook(noting('BatchGetItemCommand'), app, GROUPS))).toEqual(await alone());
  expect(requests).toEqual(['BatchGetItemCommand', 'GetItemCommand', 'GetItemCommand', 'GetItemCommand']);
});

it('reads the rosters of those that talked the night before together, too, and the others when they are wanted', async () => {
  const rows = new Map([['t', { nextMsgSeq: 7, newMessages: 3 }]]);
  for (const groupId of GROUPS) {
    await putRoster(table.store, app, { groupId, observedAt: at(2), runId: RUN_ID, rows }, undefined);
    const run = communityRun({ newMessages: groupId === '@TGS#_c' ? 0 : 3, askedAt: at(2) });
    await stampWritten(table.store, app, groupId, { writer: 'w', until: at(9) }, STATE, run);
  }
  const look = createFirstLook(noting(), app, GROUPS);
  const [talking, silent] = [createUnitMeter(), createUnitMeter()];
  await Promise.all([look.stampOf('@TGS#_a', talking), look.stampOf('@TGS#_c', silent)]);
  expect(requests).toEqual(['BatchGetItemCommand', 'BatchGetItemCommand']);
  expect([talking.readUnits, silent.readUnits]).toEqual([1, 0.5]);
  for (const groupId of GROUPS) expect((await look.rosterOf(groupId, silent))?.rows).toEqual(rows);
  expect(requests.slice(2)).toEqual(['GetItemCommand']);
  expect(silent.readUnits).toBe(1);
});

it('hands on the error of a table that answers nothing', async () => {
  const store: Store = {
    ...table.store,
    client: { send: () => Promise.reject(new Error('down')) } as unknown as DynamoDBClient,
  };
  await expect(looks(createFirstLook(store, app, GROUPS))).rejects.toThrow('down');
});
