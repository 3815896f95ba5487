import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CloseParts, type CloseResult, closeRun } from '../../../lambdas/close-run/closeRun.ts';
import { createCloseRunHandler } from '../../../lambdas/close-run/handler.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import { closingMessage } from '../../../shared/messages.ts';
import type { Intercept } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createLifeline, on } from '../../support/worldCrash.ts';
import {
  communityMessage,
  deliver,
  lambdaContext,
  NEXT_RUN,
  RUN,
  sqsEvent,
  sync,
} from '../../support/worldEvents.ts';
import { drain } from '../../support/worldQueue.ts';

let world: World;
let parts: Parts;
let catalog: Catalog;
let answer: Intercept;

beforeAll(async () => {
  world = await createWorld({ communities: 0, intercept: (call) => answer(call) });
});

beforeEach(() => {
  answer = () => undefined;
  parts = world.fresh();
  catalog = meteredCatalog(parts).catalog;
  world.log.length = 0;
});

afterAll(() => world.close());

describe('a run', () => {
  it('is not closed while messages are in the queue, nor while it is still being listed', async () => {
    const groups = communities(2);
    await catalog.openRun({ runId: RUN, startedAt: new Date().toISOString(), limit: 10_000 });
    expect(await look({ emptyLooks: 2 })).toEqual({ closed: false, depth: 0, emptyLooks: 0 });
    await listed(groups);
    await sync(parts, groups);
    expect(await look({ depth: 3, emptyLooks: 2 })).toEqual({ closed: false, depth: 3, emptyLooks: 0 });
    expect((await catalog.readRun(RUN))?.status).toBe('RUNNING');
  });

  it('is COMPLETE when every listed community has an outcome, and counts what is stored', async () => {
    const groups = communities(3);
    const unsupported = world.simulator.app().createCommunity({ supportsTopics: false }).groupId;
    await open([...groups, unsupported]);
    await sync(parts, [...groups, unsupported]);
    expect(await look()).toMatchObject({
      closed: true,
      summary: {
        runId: RUN,
        status: 'COMPLETE',
        communities: { listed: 4, synced: 3, unchanged: 0, failed: 0, unsupported: 1, deleted: 0 },
        topics: {
          active: 9,
          created: 9,
          updated: 0,
          unchanged: 0,
          deleted: 0,
          restored: 0,
          missing: 0,
          held: 0,
        },
        api: { calls: 4, listCalls: 0, retries: 0, rateLimited: 0 },
      },
    });
    expect(await catalog.readRun(RUN)).toMatchObject({ status: 'COMPLETE', reasons: [], failures: [] });
  });

  it('whose listing nobody goes on with ends INCOMPLETE, after half an hour without another delivery', async () => {
    await catalog.openRun({ runId: RUN, startedAt: at(0), limit: 10_000 });
    const minutes = (count: number) => () => Date.parse(RUN) + count * 60_000;
    expect(await look({ now: minutes(30) })).toMatchObject({ closed: false });
    await catalog.openRun({ runId: RUN, startedAt: at(10 * 60_000), limit: 10_000 });
    expect(await look({ now: minutes(40) })).toMatchObject({ closed: false });
    expect(await look({ now: minutes(41) })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE' },
    });
    expect((await catalog.readRun(RUN))?.reasons).toEqual([
      'the list of communities was not read to its end',
    ]);
  });

  it('that is closed stays as it was closed', async () => {
    const groups = communities(1);
    await open(groups);
    await sync(parts, groups);
    await look();
    const closed = await catalog.readRun(RUN);
    await sync(parts, groups, NEXT_RUN);
    expect(await look()).toEqual({ closed: true, summary: closed?.summary });
    expect(await catalog.readRun(RUN)).toEqual(closed);
  });

  it('that nobody knows of is no reason to look again', async () => {
    expect(await look()).toEqual({ closed: true });
  });

  it('counts every topic once after duplicates, crashes and failures that healed', async () => {
    const groups = communities(4);
    await open(groups);
    const [first = '', second = '', third = '', fourth = ''] = groups;
    await sync(parts, [first, first, second]);
    await on(createLifeline({ at: 7, mode: 'after' }), () => sync(parts, [third]));
    answer = () => ({ status: 502 });
    await sync(parts, [second, fourth]);
    answer = () => undefined;
    await later(20_000, (parts) => sync(parts, groups));
    await later(40_000, (parts) => sync(parts, groups));
    expect(await look()).toMatchObject({
      summary: {
        status: 'COMPLETE',
        communities: { listed: 4, synced: 4, unchanged: 0, failed: 0 },
        topics: { active: 12, created: 12, updated: 0, unchanged: 0, missing: 0 },
      },
    });
  });

  it('tells unchanged communities and topics from changed ones, and missing topics from both', async () => {
    const groups = communities(3);
    const app = world.simulator.app();
    await open(groups);
    await sync(parts, groups);
    await look();
    const [edited = '', emptied = ''] = groups;
    app.editTopic(edited, app.topics(edited)[0]?.TopicId as string, { TopicName: 'edited' });
    app.deleteTopic(emptied, app.topics(emptied)[0]?.TopicId as string);
    await open(groups, NEXT_RUN);
    await sync(parts, groups, NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      summary: {
        status: 'COMPLETE',
        communities: { listed: 3, synced: 2, unchanged: 1 },
        topics: { active: 8, created: 0, updated: 1, unchanged: 7, missing: 1 },
      },
    });
  });
});

describe('communities without an outcome', () => {
  it('are waited for until the queue was found empty three times in a row', async () => {
    const [done = '', open_ = ''] = communities(2);
    await open([done, open_]);
    await sync(parts, [done]);
    expect(await look({ emptyLooks: 0 })).toEqual({ closed: false, depth: 0, emptyLooks: 1 });
    expect(await look({ emptyLooks: 1 })).toEqual({ closed: false, depth: 0, emptyLooks: 2 });
    expect(await look({ emptyLooks: 2 })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE', communities: { listed: 2, synced: 1, failed: 1 } },
    });
    expect(await catalog.readRun(RUN)).toMatchObject({
      reasons: ['1 listed communities have no outcome'],
      failures: [{ groupId: open_, message: 'no consumer reached it' }],
    });
  });

  it('are not waited for once the run is halted', async () => {
    await open(communities(2));
    await catalog.haltRun(RUN, { code: 60020, message: 'the plan has expired' });
    expect(await look()).toMatchObject({ closed: true, summary: { status: 'INCOMPLETE' } });
    expect((await catalog.readRun(RUN))?.reasons).toContain('halted: the plan has expired');
  });
});

describe('an INCOMPLETE run', () => {
  it('names its failed communities, with their codes, and keeps their topics', async () => {
    const groups = communities(3);
    await open(groups);
    await sync(parts, groups);
    await look();
    const failing = groups[1] as string;
    answer = ({ body }) =>
      body['GroupId'] === failing ? { body: '{"ErrorCode":10007,"ActionStatus":"FAIL"}' } : undefined;
    await open(groups, NEXT_RUN);
    await sync(parts, groups, NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      summary: {
        status: 'INCOMPLETE',
        communities: { listed: 3, unchanged: 2, failed: 1 },
        topics: { active: 9 },
      },
    });
    expect(await catalog.readRun(NEXT_RUN)).toMatchObject({
      reasons: ['1 community failed'],
      failures: [{ groupId: failing, code: 10007, message: expect.stringContaining('10007') }],
    });
  });

  it.each([
    [
      'the cursor came twice',
      { enumerationProblem: 'the list gave the cursor 5 twice' },
      'the list gave the cursor 5 twice',
    ],
    [
      'the list named fewer than TotalCount',
      { totalCount: 3 },
      'the list named 2 communities, its TotalCount says 3',
    ],
    [
      'the list named more than TotalCount',
      { totalCount: 1 },
      'the list named 2 communities, its TotalCount says 1',
    ],
  ])('says why its list cannot be trusted: %s', async (_name, page, reason) => {
    const groups = communities(2);
    await open(groups, RUN, page);
    await sync(parts, groups);
    expect(await look()).toMatchObject({ closed: true, summary: { status: 'INCOMPLETE' } });
    expect((await catalog.readRun(RUN))?.reasons).toEqual([reason]);
  });
});

describe('a mirrored community that the list did not name', () => {
  it('is asked for once, and what it answers is waited for', async () => {
    const [named = '', unnamed = ''] = communities(2);
    await open([named, unnamed]);
    await sync(parts, [named, unnamed]);
    await look();
    await open([named], NEXT_RUN);
    await sync(parts, [named], NEXT_RUN);
    const asked: string[][] = [];
    const enqueueUnlisted = async (_runId: string, ids: readonly string[]) => {
      if (ids.length > 0) asked.push([...ids]);
    };
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toEqual({
      closed: false,
      depth: 0,
      emptyLooks: 0,
    });
    expect(asked).toEqual([[unnamed]]);
    // The queue's counts lag behind: that it seems empty is no proof that the question was answered.
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toEqual({
      closed: false,
      depth: 0,
      emptyLooks: 1,
    });
    expect(asked).toHaveLength(1);
    await deliver(parts, communityMessage(parts, unnamed, { runId: NEXT_RUN, reason: 'unlisted' }));
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toMatchObject({
      closed: true,
      summary: { status: 'COMPLETE', communities: { listed: 1 }, topics: { active: 6 } },
    });
  });

  it('that never answers makes the run INCOMPLETE after three empty looks', async () => {
    const [named = '', unnamed = ''] = communities(2);
    await open([named, unnamed]);
    await sync(parts, [named, unnamed]);
    await look();
    await open([named], NEXT_RUN);
    await sync(parts, [named], NEXT_RUN);
    await look({ runId: NEXT_RUN });
    expect(await look({ runId: NEXT_RUN, emptyLooks: 1 })).toMatchObject({ closed: false });
    expect(await look({ runId: NEXT_RUN, emptyLooks: 2 })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE' },
    });
    expect((await catalog.readRun(NEXT_RUN))?.reasons).toEqual(['1 unlisted communities were not asked for']);
  });

  it('is not asked for when the list was not read to its end', async () => {
    const [named = '', unnamed = ''] = communities(2);
    await open([named, unnamed]);
    await sync(parts, [named, unnamed]);
    await look();
    await open([named], NEXT_RUN, { totalCount: 2 });
    await sync(parts, [named], NEXT_RUN);
    const enqueueUnlisted = async () => {
      throw new Error('nobody may be asked');
    };
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE' },
    });
  });

  it('is asked for again when the function was killed before it noted that', async () => {
    const [named = '', unnamed = ''] = communities(2);
    await open([named, unnamed]);
    await sync(parts, [named, unnamed]);
    await look();
    await open([named], NEXT_RUN);
    await sync(parts, [named], NEXT_RUN);
    const asked: string[] = [];
    const enqueueUnlisted = async (_runId: string, ids: readonly string[]) => {
      asked.push(...ids);
      if (ids.length > 0 && asked.length === 1) throw new Error('killed');
    };
    await expect(look({ runId: NEXT_RUN, enqueueUnlisted })).rejects.toThrow('killed');
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted })).toMatchObject({ closed: false });
    expect(asked).toEqual([unnamed, unnamed]);
  });
});

describe('the function behind the closing queue', () => {
  it('closes a drained run and logs its summary', async () => {
    const groups = communities(1);
    await open(groups);
    await sync(parts, groups);
    world.log.length = 0;
    expect(await invoke(0)).toEqual({ batchItemFailures: [] });
    const { summary } = (await catalog.readRun(RUN)) ?? {};
    expect(world.log).toMatchObject([{ level: 'info', event: 'run.closed', runId: RUN, summary }]);
    expect(await drain(parts.closingQueue)).toEqual([]);
  });

  it('wakes itself again, sooner or later by how many messages wait, and remembers its empty looks', async () => {
    await open(communities(1));
    expect(await invoke(1)).toEqual({ batchItemFailures: [] });
    const delayed = world.queues.inspectQueue('topic-mirror-closing')?.messages.delayed ?? [];
    expect(delayed.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { v: 1, sdkAppId: parts.app.sdkAppId, runId: RUN, emptyLooks: 2 },
    ]);
  });

  it('fails a message that it cannot read, alone', async () => {
    const { sdkAppId } = parts.app;
    const good = closingMessage({ sdkAppId, runId: RUN, emptyLooks: 0 });
    const result = await createCloseRunHandler(parts)(sqsEvent('nonsense', good), lambdaContext());
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  });
});

/** New communities of the app, with three topics each. */
function communities(count: number): string[] {
  return Array.from({ length: count }, () => world.simulator.app().createCommunity({ topics: 3 }).groupId);
}

/** The run began before any call of the test. */
function at(ms: number): string {
  return new Date(Date.parse(RUN) + ms).toISOString();
}

interface Listing {
  totalCount?: number;
  enumerationProblem?: string;
}

/** Opens a run whose list named these communities. */
async function open(groups: readonly string[], runId = RUN, listing: Listing = {}): Promise<void> {
  await catalog.openRun({ runId, startedAt: new Date().toISOString(), limit: 10_000 });
  await listed(groups, runId, listing);
}

async function listed(groupIds: readonly string[], runId = RUN, listing: Listing = {}): Promise<void> {
  const run = await catalog.readRun(runId);
  if (!run) throw new Error('the run is not open');
  await catalog.putListed({ runId, page: run.pages, groupIds, now: Date.now() });
  const page = { next: '0', limit: 10_000, groupIds: groupIds.length, totalCount: groupIds.length };
  await catalog.advanceRun(run, { ...page, enumeratedAt: new Date().toISOString(), ...listing });
}

interface Look extends Partial<CloseParts> {
  runId?: string;
  emptyLooks?: number;
}

function look({
  runId = RUN,
  emptyLooks = 0,
  depth = 0,
  ...more
}: Omit<Look, 'depth'> & { depth?: number } = {}): Promise<CloseResult> {
  const { units } = meteredCatalog(parts);
  const enqueueUnlisted = async () => {};
  const wired = { catalog, units, now: Date.now, depth: async () => depth, enqueueUnlisted, ...more };
  return closeRun(wired, runId, emptyLooks);
}

function invoke(emptyLooks: number) {
  const { sdkAppId } = parts.app;
  return createCloseRunHandler(parts)(
    sqsEvent(closingMessage({ sdkAppId, runId: RUN, emptyLooks })),
    lambdaContext(),
  );
}

/** Works under a clock that has gone ahead. */
function later<T>(ms: number, work: (parts: Parts) => Promise<T>): Promise<T> {
  return work({ ...parts, now: () => Date.now() + ms });
}
