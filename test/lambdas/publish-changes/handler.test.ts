import { afterEach, describe, expect, it } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { batchesOf, MOST_BYTES, MOST_ENTRIES, sizeOf } from '../../../lambdas/publish-changes/entry.ts';
import { createPublishChangesHandler } from '../../../lambdas/publish-changes/handler.ts';
import { busFrom } from '../../../lambdas/publish-changes/parts.ts';
import { putChanges } from '../../../shared/catalog/changes.ts';
import { ConfigError, ENV } from '../../../shared/config.ts';
import { createLogger } from '../../../shared/logger.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import { at, GROUP, RUN_ID } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { lambdaContext } from '../../support/worldEvents.ts';
import { type BusServer, openBus, type SentEntry } from './busServer.ts';
import { closingRecord, type Image, imageOfChange, outcome, record, TABLE_ARN } from './records.ts';

const table = useMemoryTable();
const APP = 1_400_000_000;

let bus: BusServer | undefined;
let log: Record<string, unknown>[];

afterEach(() => bus?.close());

describe('changes in the stream', () => {
  it('are events on the bus, each with its type, its time and the table', async () => {
    await start();
    const created = change({ kind: 'created', after: { topicName: 'News' } });
    const deleted = change({ kind: 'deleted', topicId: 'b', before: { topicName: 'Old' } });
    expect(await deliver(await insertsOf([created, deleted]))).toEqual([]);
    expect(bus?.requests).toHaveLength(1);
    expect(sent()).toMatchObject([
      {
        EventBusName: 'mirror-events',
        Source: 'topic-mirror',
        DetailType: 'Topic Created',
        Time: Date.parse(at(10)) / 1000,
        Resources: [TABLE_ARN],
      },
      { DetailType: 'Topic Deleted' },
    ]);
    expect(details()).toEqual([
      { version: 1, sdkAppId: APP, ...created },
      { version: 1, sdkAppId: APP, ...deleted },
    ]);
    expect(lines('changes.published')).toMatchObject([{ events: 2 }]);
  });

  it('are sent in tens and in their order', async () => {
    await start();
    await deliver(await insertsOf(many(23)));
    expect(bus?.requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(topics(sent())).toEqual(many(23).map(({ topicId }) => topicId));
  });

  it('are the same events when they are delivered again', async () => {
    await start();
    const records = await insertsOf(many(2));
    await deliver(records);
    await deliver(records);
    expect(sent().slice(2)).toEqual(sent().slice(0, 2));
  });

  it('that are none make no request', async () => {
    await start();
    expect(await deliver([])).toEqual([]);
    expect(bus?.requests).toEqual([]);
  });
});

describe('a bus that does not take everything', () => {
  it('is sent again what it refused, and only that, before anything else', async () => {
    await start((entries, nth) =>
      entries.map(({ Detail }) =>
        nth === 1 && /"topicId":"t0[37]"/.test(Detail) ? { ErrorCode: 'ThrottlingException' } : 'taken',
      ),
    );
    expect(await deliver(await insertsOf(many(12)))).toEqual([]);
    expect(bus?.requests.map(topics)).toEqual([
      many(10).map(({ topicId }) => topicId),
      ['t03', 't07'],
      ['t10', 't11'],
    ]);
  });

  it.each([
    ['throttles a whole request', { status: 400, type: 'ThrottlingException' }],
    ['fails', { status: 500, type: 'InternalException' }],
    ['hangs up', 'hang up'],
  ] as const)('is asked again when it %s', async (_what, failure) => {
    await start((entries, nth) => (nth <= 2 ? failure : entries.map(() => 'taken')));
    expect(await deliver(await insertsOf(many(2)))).toEqual([]);
    expect(bus?.requests.map(topics)).toEqual([
      ['t00', 't01'],
      ['t00', 't01'],
      ['t00', 't01'],
    ]);
  });

  it('is given up when the time is, and the first event that it refused names where to go on', async () => {
    await start((entries) =>
      entries.map(({ Detail }) =>
        /"topicId":"t0[48]"/.test(Detail) ? { ErrorCode: 'InternalFailure' } : 'taken',
      ),
    );
    const records = await insertsOf(many(15));
    expect(await deliver(records, 30_000)).toEqual([records[4]?.dynamodb?.SequenceNumber]);
    expect(clock).toBeLessThanOrEqual(30_000 - 5_000);
    expect(clock).toBeGreaterThan(15_000);
    expect(topics(sent())).not.toContain('t10');
    expect(lines('publish.failed')).toMatchObject([{ topicId: 't04', left: 2, error: 'InternalFailure' }]);
  });

  it('is not asked for the next ten when there is no time for them', async () => {
    await start((entries) => {
      clock += 27_000;
      return entries.map(() => 'taken');
    });
    const records = await insertsOf(many(12));
    expect(await deliver(records, 30_000)).toEqual([records[10]?.dynamodb?.SequenceNumber]);
    expect(bus?.requests).toHaveLength(1);
  });

  it.each([
    ['a request', { status: 400, type: 'AccessDeniedException' }],
    ['an entry', [{ ErrorCode: 'NotAuthorizedForSourceException' }]],
  ] as const)('is not asked again when it does not permit %s', async (_what, failure) => {
    await start(() => failure);
    const records = await insertsOf(many(1));
    expect(await deliver(records)).toEqual([records[0]?.dynamodb?.SequenceNumber]);
    expect(bus?.requests).toHaveLength(1);
  });
});

describe('an event that the bus will not take as it is', () => {
  const big = 'x'.repeat(300_000);

  it('for its size, is sent without what was and what is', async () => {
    await start();
    const changes = [change({ before: { introduction: big }, after: { introduction: '' } }), ...many(1)];
    expect(await deliver(await insertsOf(changes))).toEqual([]);
    expect(details()).toEqual([
      { version: 1, sdkAppId: APP, ...change({}), truncated: true },
      { version: 1, sdkAppId: APP, ...many(1)[0] },
    ]);
    expect(lines('event.shortened')).toMatchObject([{ sdkAppId: APP, topicId: 'a', groupId: GROUP }]);
  });

  it('for its content, is sent without it', async () => {
    await start((entries, nth) =>
      entries.map(() => (nth === 1 ? { ErrorCode: 'MalformedDetail' } : 'taken')),
    );
    expect(await deliver(await insertsOf([change({ after: { topicName: 'News' } })]))).toEqual([]);
    expect(details().at(-1)).toEqual({ version: 1, sdkAppId: APP, ...change({}), truncated: true });
  });

  it('even without it, is logged and counted, and does not keep the others', async () => {
    await start((entries) =>
      entries.map(({ Detail }) => (Detail.includes('"a"') ? { ErrorCode: 'InvalidArgument' } : 'taken')),
    );
    expect(await deliver(await insertsOf([change({}), ...many(11)]))).toEqual([]);
    expect(lines('event.refused')).toMatchObject([{ level: 'error', topicId: 'a', observedAt: at(10) }]);
    expect(topics(sent())).toContain('t10');
    expect(lines('metrics')).toMatchObject([{ SdkAppId: String(APP), EventsLost: 1 }]);
  });

  it('of a run, is sent without its failures', async () => {
    await start();
    const failures = [{ groupId: GROUP, message: big }];
    await deliver([await closingRecord(table.store, table.freshApp(), { status: 'INCOMPLETE', failures })]);
    expect(details()).toMatchObject([{ status: 'INCOMPLETE', failures: [], truncated: true }]);
  });

  it('in one request with others, is sent in another', async () => {
    await start();
    const half = { introduction: 'x'.repeat(130_000) };
    await deliver(await insertsOf(many(3).map((one) => ({ ...one, after: half }))));
    expect(bus?.requests.map(topics)).toEqual([['t00'], ['t01'], ['t02']]);
  });

  it('never comes to be in a request over the limits', () => {
    const entry = fc.nat({ max: MOST_BYTES - 14 }).map((bytes) => ({ entry: { Detail: 'x'.repeat(bytes) } }));
    const small = fc.nat({ max: 2000 }).map((bytes) => ({ entry: { Detail: 'x'.repeat(bytes) } }));
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, small), { maxLength: 40 }), (entries) => {
        const batches = batchesOf(entries);
        expect(batches.flat()).toEqual(entries);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(MOST_ENTRIES);
          expect(batch.reduce((sum, one) => sum + sizeOf(one.entry), 0)).toBeLessThanOrEqual(MOST_BYTES);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a record that cannot be read', () => {
  it('is logged with its key and counted, and those around it are sent', async () => {
    await start();
    const records = await insertsOf(many(3));
    const poison = records[1]?.dynamodb as { NewImage: Image };
    poison.NewImage['kind'] = { S: 'moved' };
    expect(await deliver(records)).toEqual([]);
    expect(topics(sent())).toEqual(['t00', 't02']);
    expect(lines('record.unreadable')).toMatchObject([
      {
        level: 'error',
        pk: expect.stringMatching(/^1400000000\|community\|/),
        sk: expect.stringMatching(/^change\|t01\|/),
        message: expect.stringMatching(/^kind: /),
      },
    ]);
    expect(lines('metrics')).toMatchObject([{ SdkAppId: String(APP), EventsLost: 1 }]);
  });
});

describe('a run that has ended', () => {
  const held = () =>
    outcome({
      status: 'HELD',
      reasons: ['600 confirmed deletions are held'],
      summary: { ...outcome().summary, status: 'HELD', topics: { ...outcome().summary.topics, held: 600 } },
    });

  it('is an event, a line for the dashboards and a count for the alarms', async () => {
    await start();
    const app = table.freshApp();
    const ended = held();
    await deliver([await closingRecord(table.store, app, ended)]);
    expect(sent()).toMatchObject([{ DetailType: 'Run Closed', Time: Date.parse(at(731)) / 1000 }]);
    expect(details()).toEqual([{ version: 1, sdkAppId: app, ...ended }]);
    const { runId, status, reasons, summary } = ended;
    expect(lines('run.published')).toMatchObject([
      { sdkAppId: app, runId, status, elapsedMs: 730_000, reasons, summary },
    ]);
    expect(lines('metrics')).toMatchObject([
      { SdkAppId: String(app), RunsClosed: 1, RunsIncomplete: 0, DeletionsHeld: 600 },
    ]);
  });

  it('that holds disbanded communities without topics is counted as holding all the same', async () => {
    await start();
    await deliver([await closingRecord(table.store, table.freshApp(), { status: 'HELD' })]);
    expect(lines('metrics')).toMatchObject([{ RunsClosed: 1, DeletionsHeld: 1 }]);
  });

  it('is counted as incomplete when it is', async () => {
    await start();
    await deliver([await closingRecord(table.store, table.freshApp(), { status: 'INCOMPLETE' })]);
    expect(lines('metrics')).toMatchObject([{ RunsClosed: 1, RunsIncomplete: 1, DeletionsHeld: 0 }]);
  });

  it('is told once more when it closes again, after what it held was released', async () => {
    await start();
    const app = table.freshApp();
    const closing = await closingRecord(table.store, app, held());
    const again = structuredClone(closing);
    const { NewImage, OldImage } = again.dynamodb as { NewImage: Image; OldImage: Image };
    Object.assign(OldImage, { approvedAt: { S: at(9000) } });
    Object.assign(NewImage, {
      approvedAt: { S: at(9000) },
      closedAt: { S: at(9060) },
      status: { S: 'COMPLETE' },
    });
    await deliver([closing]);
    await deliver([again]);
    expect(details()).toMatchObject([
      { status: 'HELD', closedAt: at(731) },
      { status: 'COMPLETE', closedAt: at(9060), approvedAt: at(9000) },
    ]);
    expect(lines('metrics')).toHaveLength(2);
  });

  it('is counted while the bus is out of order, and once when the record comes again', async () => {
    await start(() => ({ status: 500, type: 'InternalException' }));
    const closing = await closingRecord(table.store, table.freshApp(), held());
    expect(await deliver([closing])).toHaveLength(1);
    expect(await deliver([closing])).toHaveLength(1);
    expect(lines('metrics')).toHaveLength(1);
  });
});

describe('wiring from the environment', () => {
  it('says in one line that the bus is missing', () => {
    expect(() => busFrom({})).toThrow(ConfigError);
    expect(() => busFrom({})).toThrow(/^TOPIC_MIRROR_EVENT_BUS is not set; set it to [^\n]+$/);
  });
});

let clock: number;
let handler: ReturnType<typeof createPublishChangesHandler>;

/** A bus that answers as told, and a function that takes no time to wait. */
async function start(answer?: Parameters<typeof openBus>[0]): Promise<void> {
  bus = await openBus(answer);
  clock = 0;
  log = [];
  const logger = createLogger((line) => log.push(JSON.parse(line) as Record<string, unknown>));
  const env = { [ENV.eventBus]: 'mirror-events', [ENV.metricsNamespace]: 'TopicMirror/test' };
  const wired = busFrom(env, { eventbridge: bus.client, logger });
  const sleep = async (ms: number) => {
    clock += ms;
  };
  handler = createPublishChangesHandler({ ...wired, now: () => clock, sleep, random: () => 0.5 });
}

/** @returns the sequence numbers that the function wants delivered again */
async function deliver(Records: readonly DynamoDBRecord[], timeoutMs = 30_000): Promise<string[]> {
  const context = { ...lambdaContext(timeoutMs), getRemainingTimeInMillis: () => timeoutMs };
  const { batchItemFailures } = await handler({ Records: [...Records] }, context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

function change(fields: Partial<Change>): Change {
  return { observedAt: at(10), runId: RUN_ID, kind: 'updated', groupId: GROUP, topicId: 'a', ...fields };
}

function many(count: number): Change[] {
  return Array.from({ length: count }, (_, nth) => change({ topicId: `t${String(nth).padStart(2, '0')}` }));
}

async function insertsOf(changes: readonly Change[]): Promise<DynamoDBRecord[]> {
  await putChanges(table.store, APP, changes);
  const images = await Promise.all(changes.map((one) => imageOfChange(table.store, APP, one)));
  return images.map((NewImage) => record('INSERT', { NewImage }));
}

const sent = () => bus?.requests.flat() ?? [];
const details = () => sent().map(({ Detail }) => JSON.parse(Detail) as Record<string, unknown>);
const topics = (entries: readonly SentEntry[]) =>
  entries.map(({ Detail }) => (JSON.parse(Detail) as { topicId: string }).topicId);
const lines = (event: string) => log.filter((line) => line['event'] === event);
