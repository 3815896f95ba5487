import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { topicsWanting } from '../../shared/catalog/attention.ts';
import { changesOn } from '../../shared/catalog/changes.ts';
import { catalogOf } from '../../shared/catalog/index.ts';
import {
  getItem,
  putItem,
  putItems,
  queryItems,
  type Store,
  updateItem,
} from '../../shared/catalog/store.ts';
import { topicBudget } from '../../shared/rate/budget.ts';
import { leaseFromTable } from '../../shared/rate/slotLease.ts';
import { at, community, communityRun, GROUP, RUN_ID, run, snapshot } from '../builders.ts';
import { collect } from '../support/collect.ts';
import { useMemoryTable } from '../support/memoryTable.ts';
import { VirtualTable } from './aws/virtualTable.ts';
import type { Scene } from './checks/scene.ts';
import { checkTopicWrite } from './checks/topicWrite.ts';

const table = useMemoryTable();

/** The virtual table behind the SDK's interface, its queries in pages of two items. */
function virtualStore(): Store {
  const virtual = new VirtualTable(() => 0);
  const send = async (command: { input: object }) => virtual.execute(command, { pageItems: 2 });
  return { client: { send } as unknown as DynamoDBClient, table: table.store.table };
}

type Operation = (store: Store, app: number) => Promise<unknown>;

const seconds = fc.integer({ min: 1, max: 6 });
const writers = fc.constantFrom('one', 'two');

/** What the functions do to the table, in any order and with times that meet. */
const operations: fc.Arbitrary<Operation> = fc.oneof(
  seconds.map<Operation>(
    (time) => (store, app) =>
      catalogOf(store, app).openRun({ runId: RUN_ID, startedAt: at(time), limit: 10 }),
  ),
  fc.tuple(seconds, fc.integer({ min: 0, max: 3 })).map<Operation>(
    ([time, pages]) =>
      (store, app) =>
        catalogOf(store, app).advanceRun(run({ pages }), {
          next: String(time),
          limit: 10,
          groupIds: 1,
          totalCount: time,
          enumeratedAt: at(time),
        }),
  ),
  seconds.map<Operation>(
    (code) => (store, app) => catalogOf(store, app).haltRun(RUN_ID, { code, message: 'halted' }),
  ),
  fc
    .boolean()
    .map<Operation>(
      (held) => (store, app) =>
        catalogOf(store, app).noteVerdict(RUN_ID, { judgedAt: at(9), reasons: held ? ['too many'] : [] }),
    ),
  fc.constant<Operation>((store, app) => catalogOf(store, app).releaseRun(RUN_ID, at(20))),
  fc.constantFrom('HELD', 'INCOMPLETE', 'COMPLETE' as const).map<Operation>(
    (status) => (store, app) =>
      catalogOf(store, app).writeOutcome(RUN_ID, {
        status,
        closedAt: at(9),
        reasons: [],
        failures: [],
        summary: {} as never,
      }),
  ),
  seconds.map<Operation>(
    (units) => (store, app) =>
      catalogOf(store, app).chargeRun(RUN_ID, { listCalls: 1, writeUnits: units, readUnits: 0.5 }),
  ),
  fc.tuple(writers, seconds, fc.boolean()).map<Operation>(
    ([writer, time, asks]) =>
      (store, app) =>
        catalogOf(store, app).beginWriting(GROUP, {
          writer,
          until: at(time + 2),
          now: at(time),
          askedAt: asks ? at(time) : undefined,
        }),
  ),
  fc.tuple(writers, seconds).map<Operation>(
    ([writer, time]) =>
      (store, app) =>
        catalogOf(store, app).stampWritten(
          GROUP,
          { writer, until: '' },
          { topicCount: time, missingCount: 0, digest: 'digest' },
          communityRun({ askedAt: at(time) }),
        ),
  ),
  seconds.map<Operation>(
    (time) => (store, app) =>
      catalogOf(store, app).stampUnchanged(
        community({ missingCount: 0 }),
        communityRun({ askedAt: at(time) }),
      ),
  ),
  fc.tuple(seconds, fc.option(fc.constant(10002), { nil: undefined })).map<Operation>(
    ([time, code]) =>
      (store, app) =>
        catalogOf(store, app).stampFailed(
          GROUP,
          { message: 'it fails', ...(code !== undefined && { code }) },
          communityRun({ askedAt: at(time), outcome: 'failed' }),
          { status: 'active' },
          at(time - 1),
        ),
  ),
  writers.map<Operation>(
    (writer) => (store, app) => catalogOf(store, app).endWriting(GROUP, { writer, until: '' }),
  ),
  fc
    .tuple(seconds, fc.constantFrom('active', 'missing', 'deleted' as const), fc.constantFrom('a', 'b', 'c'))
    .map<Operation>(
      ([time, status, topicId]) =>
        (store, app) =>
          catalogOf(store, app).putSnapshot(
            snapshot({ topicId, status, observedAt: at(time), missingSince: at(time), deletedAt: at(time) }),
          ),
    ),
  fc.tuple(seconds, fc.constantFrom('a', 'b')).map<Operation>(
    ([time, topicId]) =>
      (store, app) =>
        catalogOf(store, app).putChanges([
          {
            observedAt: at(time),
            runId: RUN_ID,
            kind: 'updated',
            groupId: GROUP,
            topicId,
            after: { topicName: String(time) },
          },
        ]),
  ),
  fc.tuple(seconds, seconds).map<Operation>(
    ([count, atLeast]) =>
      (store, app) =>
        leaseFromTable(store, app, topicBudget(5, 200))(1, count, atLeast),
  ),
);

/** Everything that the catalog's queries answer. */
async function reading(store: Store, app: number): Promise<unknown> {
  const catalog = catalogOf(store, app);
  return {
    runs: await collect(catalog.runsOf()),
    topics: await collect(catalog.topicsOf(GROUP, { consistent: true })),
    stamp: await catalog.readCommunity(GROUP, { consistent: false }),
    missing: await collect(topicsWanting(store, app, 'topic-missing')),
    deleted: await collect(topicsWanting(store, app, 'topic-deleted', at(3))),
    changes: await collect(changesOn(store, app, '2026-11-22', { runId: RUN_ID })),
  };
}

describe('the virtual table', () => {
  test('answers whatever the functions do to it as an independent implementation of DynamoDB does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operations, { minLength: 3, maxLength: 25 }), async (sequence) => {
        const [app, virtual] = [table.freshApp(), virtualStore()];
        for (const operation of sequence) {
          // Some fail, on both alike: a page of a run that was never opened.
          const [real, simulated] = await Promise.allSettled([
            operation(table.store, app),
            operation(virtual, app),
          ]);
          expect(simulated.status).toBe(real.status);
          if (real.status === 'fulfilled') expect(simulated).toEqual(real);
        }
        expect(await reading(virtual, app)).toEqual(await reading(table.store, app));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('shows a reader that may be behind what was there before', async () => {
    let now = 1000;
    const virtual = new VirtualTable(() => now);
    const store = (asOf: number): Store => ({
      client: {
        send: async (command: { input: object }) => virtual.execute(command, { asOf }),
      } as unknown as DynamoDBClient,
      table: 'any',
    });
    const key = { pk: 'a', sk: 'b' };
    await putItem(store(now), { ...key, name: 'old' });
    now = 2000;
    await putItem(store(now), { ...key, name: 'new' });
    expect(await getItem(store(1999), key, false)).toMatchObject({ name: 'old' });
    expect(await getItem(store(1999), key, true)).toMatchObject({ name: 'new' });
    expect(await collect(queryItems(store(999), { expression: 'pk = :pk', values: { ':pk': 'a' } }))).toEqual(
      [],
    );
  });

  test.each([
    ['an operator', { expression: 'pk <> :pk', values: { ':pk': 'a' } }],
    ['a function', { expression: 'contains(pk, :pk)', values: { ':pk': 'a' } }],
    ['a value that nothing uses', { expression: 'attribute_exists(pk)', values: { ':pk': 'a' } }],
  ])('throws at %s that it was not taught', async (_what, condition) => {
    await expect(putItem(virtualStore(), { pk: 'a', sk: 'b' }, condition)).rejects.toThrow();
  });

  test('throws at a part of an attribute that is set, and at a batch that names a key twice', async () => {
    const store = virtualStore();
    const key = { pk: 'a', sk: 'b' };
    await expect(
      updateItem(store, key, { expression: 'SET a.b = :v', values: { ':v': 1 } }),
    ).rejects.toThrow();
    await expect(putItems(store, [key, key])).rejects.toThrow('twice');
  });
});

describe('the checks', () => {
  const found: string[] = [];
  const scene = {
    truth: { wasGone: () => false, was: () => true },
    now: () => Date.parse(at(60)),
    lied: () => false,
    violate: (invariant: string) => void found.push(invariant),
  } as unknown as Scene;
  const item = { topicId: 'a', groupId: GROUP, observedAt: at(5), status: 'active', topicName: 'A' };

  test.each([
    [
      'a tombstone of a topic that is there',
      { ...item, status: 'deleted', deletedAt: at(6), deletedCode: 110003 },
      'no-false-tombstone',
    ],
    ['a snapshot that goes back in time', { ...item, observedAt: at(4) }, 'no-backward-step'],
  ])('find %s', (_what, after, invariant) => {
    found.length = 0;
    checkTopicWrite(scene, item, after);
    expect(found).toEqual([invariant]);
  });

  test('find nothing in a snapshot that moves on', () => {
    found.length = 0;
    checkTopicWrite(scene, item, { ...item, observedAt: at(6) });
    expect(found).toEqual([]);
  });
});

describe('the simulation', () => {
  const simulate = async (...args: string[]) => {
    const program = ['--no-warnings', 'test/simulation/main.ts', ...args];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    return stdout;
  };

  test('goes through twenty seeds without a violation', async () => {
    const printed = await simulate('--seed', '1', '--seeds', '20', '--workers', '2');
    expect(printed).toMatch(/^seeds {7}20$/m);
    expect(printed).toMatch(/^violations {2}none$/m);
  }, 120_000);

  test('replays a seed exactly, and another seed is another story', async () => {
    const traceOf = async (seed: string) =>
      /trace \S+ of \d+ events/.exec(await simulate('--seed', seed))?.[0];
    const [first, again, other] = await Promise.all([traceOf('9'), traceOf('9'), traceOf('10')]);
    expect(first).toBeDefined();
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  }, 60_000);

  test('refuses a number of seeds that is none', async () => {
    await expect(simulate('--seeds', 'many')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});
