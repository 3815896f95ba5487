import { describe, expect, it } from '@jest/globals';
import { createLifeline, on } from '../../support/worldCrash.ts';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';
import { closing, communities, later, listed, look, open, untilClosed, useClosing } from './closing.ts';

useClosing();

describe('a run', () => {
  it('is not closed while messages are in the queue, nor while it is still being listed', async () => {
    const groups = communities(2);
    await closing.catalog.openRun({ runId: RUN, startedAt: new Date().toISOString(), limit: 10_000 });
    expect(await look({ emptyLooks: 2 })).toMatchObject({ closed: false, depth: 0, emptyLooks: 0 });
    await listed(groups);
    await sync(closing.parts, groups);
    expect(await look({ depth: 3, emptyLooks: 2 })).toEqual({ closed: false, depth: 3, emptyLooks: 0 });
    expect((await closing.catalog.readRun(RUN))?.status).toBe('RUNNING');
  });

  it('is COMPLETE when every listed community has an outcome, and counts what is stored', async () => {
    const groups = communities(3);
    const unsupported = closing.world.simulator.app().createCommunity({ supportsTopics: false }).groupId;
    await open([...groups, unsupported]);
    await sync(closing.parts, [...groups, unsupported]);
    expect(await look()).toMatchObject({
      closed: true,
      summary: {
        runId: RUN,
        status: 'COMPLETE',
        communities: {
          listed: 4,
          synced: 3,
          unchanged: 0,
          failed: 0,
          unsupported: 1,
          ignored: 0,
          deleted: 0,
        },
        topics: {
          active: 9,
          baseline: 9,
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
    expect(await closing.catalog.readRun(RUN)).toMatchObject({
      status: 'COMPLETE',
      reasons: [],
      failures: [],
    });
  });

  it('whose listing nobody goes on with ends INCOMPLETE, after half an hour without another delivery', async () => {
    await closing.catalog.openRun({ runId: RUN, startedAt: at(0), limit: 10_000 });
    const minutes = (count: number) => () => Date.parse(RUN) + count * 60_000;
    expect(await look({ now: minutes(30) })).toMatchObject({ closed: false });
    await closing.catalog.openRun({ runId: RUN, startedAt: at(10 * 60_000), limit: 10_000 });
    expect(await look({ now: minutes(40) })).toMatchObject({ closed: false });
    expect(await look({ now: minutes(41) })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE' },
    });
    expect((await closing.catalog.readRun(RUN))?.reasons).toEqual([
      'the list of communities was not read to its end',
    ]);
  });

  it('that is closed stays as it was closed', async () => {
    const groups = communities(1);
    await open(groups);
    await sync(closing.parts, groups);
    await look();
    const closed = await closing.catalog.readRun(RUN);
    await sync(closing.parts, groups, NEXT_RUN);
    expect(await look()).toEqual({ closed: true, summary: closed?.summary });
    expect(await closing.catalog.readRun(RUN)).toEqual(closed);
  });

  it('that nobody knows of is no reason to look again', async () => {
    expect(await look()).toEqual({ closed: true });
  });

  it('counts every topic once after duplicates, crashes and failures that healed', async () => {
    const groups = communities(4);
    await open(groups);
    const [first = '', second = '', third = '', fourth = ''] = groups;
    await sync(closing.parts, [first, first, second]);
    await on(createLifeline({ at: 7, mode: 'after' }), () => sync(closing.parts, [third]));
    closing.answer = () => ({ status: 502 });
    await sync(closing.parts, [second, fourth]);
    closing.answer = () => undefined;
    await later(20_000, (parts) => sync(parts, groups));
    await later(40_000, (parts) => sync(parts, groups));
    expect(await look()).toMatchObject({
      summary: {
        status: 'COMPLETE',
        communities: { listed: 4, synced: 4, unchanged: 0, failed: 0 },
        topics: { active: 12, baseline: 12, updated: 0, unchanged: 0, missing: 0 },
      },
    });
  });

  it('tells unchanged communities and topics from changed ones, and deleted topics from both', async () => {
    const groups = communities(3);
    const app = closing.world.simulator.app();
    await open(groups);
    await sync(closing.parts, groups);
    await look();
    const [edited = '', emptied = ''] = groups;
    app.editTopic(edited, app.topics(edited)[0]?.TopicId as string, { TopicName: 'edited' });
    app.deleteTopic(emptied, app.topics(emptied)[0]?.TopicId as string);
    await open(groups, NEXT_RUN);
    await sync(closing.parts, groups, NEXT_RUN);
    expect(await untilClosed(NEXT_RUN)).toMatchObject({
      summary: {
        status: 'COMPLETE',
        communities: { listed: 3, synced: 2, unchanged: 1, deleted: 0 },
        topics: { active: 8, created: 0, updated: 1, unchanged: 7, deleted: 1, missing: 0, held: 0 },
      },
    });
  });
});

describe('communities without an outcome', () => {
  it('are waited for until the queue was found empty three times in a row', async () => {
    const [done = '', open_ = ''] = communities(2);
    await open([done, open_]);
    await sync(closing.parts, [done]);
    expect(await look({ emptyLooks: 0 })).toEqual({ closed: false, depth: 0, emptyLooks: 1 });
    expect(await look({ emptyLooks: 1 })).toEqual({ closed: false, depth: 0, emptyLooks: 2 });
    expect(await look({ emptyLooks: 2 })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE', communities: { listed: 2, synced: 1, failed: 1 } },
    });
    expect(await closing.catalog.readRun(RUN)).toMatchObject({
      reasons: ['1 listed communities have no outcome'],
      failures: [{ groupId: open_, message: 'no consumer reached it' }],
    });
  });

  it('are not waited for once the run is halted', async () => {
    await open(communities(2));
    await closing.catalog.haltRun(RUN, { code: 60020, message: 'the plan has expired' });
    expect(await look()).toMatchObject({ closed: true, summary: { status: 'INCOMPLETE' } });
    expect((await closing.catalog.readRun(RUN))?.reasons).toContain('halted: the plan has expired');
  });
});

describe('an INCOMPLETE run', () => {
  it('names its failed communities, with their codes, and keeps their topics', async () => {
    const groups = communities(3);
    await open(groups);
    await sync(closing.parts, groups);
    await look();
    const failing = groups[1] as string;
    closing.answer = ({ body }) =>
      body['GroupId'] === failing ? { body: '{"ErrorCode":10007,"ActionStatus":"FAIL"}' } : undefined;
    await open(groups, NEXT_RUN);
    await sync(closing.parts, groups, NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      summary: {
        status: 'INCOMPLETE',
        communities: { listed: 3, unchanged: 2, failed: 1 },
        topics: { active: 9 },
      },
    });
    expect(await closing.catalog.readRun(NEXT_RUN)).toMatchObject({
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
    await sync(closing.parts, groups);
    expect(await look()).toMatchObject({ closed: true, summary: { status: 'INCOMPLETE' } });
    expect((await closing.catalog.readRun(RUN))?.reasons).toEqual([reason]);
  });
});

/** The run began before any call of the test. */
function at(ms: number): string {
  return new Date(Date.parse(RUN) + ms).toISOString();
}
