import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CloseParts, type CloseResult, closeRun } from '../../../lambdas/close-run/closeRun.ts';
import { createCloseRunHandler } from '../../../lambdas/close-run/handler.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import { type CommunityMessage, closingMessage } from '../../../shared/messages.ts';
import type { Intercept } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { expectHistoryReplays } from '../../support/worldCompare.ts';
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
    expect(await look({ emptyLooks: 2 })).toMatchObject({ closed: false, depth: 0, emptyLooks: 0 });
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

  it('tells unchanged communities and topics from changed ones, and deleted topics from both', async () => {
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

describe('confirmed deletions', () => {
  it('are carried out once the whole run has been judged, and the run waits for it', async () => {
    const [group = '', other = ''] = communities(2);
    await nightOf([group, other], RUN);
    const lost = await nightWithDeletions([group, other], { [group]: 2, [other]: 1 });
    const asked = await lookAndQueue(NEXT_RUN);
    expect(asked.map(({ groupId, reason }) => [groupId, reason]).sort()).toEqual(
      [
        [group, 'confirmed'],
        [other, 'confirmed'],
      ].sort(),
    );
    expect(await statusesOf(group)).toEqual(['active', 'missing', 'missing']);
    expect(await look({ runId: NEXT_RUN })).toEqual({ closed: false, depth: 0, emptyLooks: 1 });
    await deliver(parts, ...asked);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      closed: true,
      summary: { status: 'COMPLETE', topics: { active: 3, deleted: 3, missing: 0, held: 0 } },
    });
    const items = await world.itemsOf(parts.app.sdkAppId, group);
    const tombstones = items.filter(({ itemType, status }) => itemType === 'topic' && status === 'deleted');
    expect(tombstones.map(({ topicId }) => topicId).sort()).toEqual(lost[group]?.sort());
    for (const tombstone of tombstones)
      expect(tombstone).toMatchObject({ deletedCode: 110003, topicName: expect.any(String) });
    expectHistoryReplays(items);
  });

  it('that are not carried out make the run INCOMPLETE after three empty looks', async () => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    await nightWithDeletions([group], { [group]: 1 });
    await lookAndQueue(NEXT_RUN);
    expect(await look({ runId: NEXT_RUN, emptyLooks: 1 })).toMatchObject({ closed: false });
    expect(await look({ runId: NEXT_RUN, emptyLooks: 2 })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE', topics: { deleted: 0, missing: 1, held: 0 } },
    });
    expect((await catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      'confirmed deletions in 1 community were not carried out',
    ]);
  });

  it('are counted once however often their message is delivered', async () => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    await nightWithDeletions([group], { [group]: 2 });
    const asked = await lookAndQueue(NEXT_RUN);
    await deliver(parts, ...asked, ...asked);
    await deliver(parts, ...asked);
    await sync(parts, [group], NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      summary: { status: 'COMPLETE', topics: { active: 1, deleted: 2, missing: 0 } },
    });
    const items = await world.itemsOf(parts.app.sdkAppId, group);
    expect(items.filter(({ itemType, kind }) => itemType === 'change' && kind === 'deleted')).toHaveLength(2);
  });

  it('are queued again when the function was killed before it noted that, by the same verdict', async () => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    await nightWithDeletions([group], { [group]: 1 });
    const judged: string[] = [];
    const enqueueConfirmed = async (_run: string, _ids: readonly string[], judgedAt: string) => {
      judged.push(judgedAt);
      if (judged.length === 1) throw new Error('killed');
    };
    await expect(look({ runId: NEXT_RUN, enqueueConfirmed })).rejects.toThrow('killed');
    expect(await look({ runId: NEXT_RUN, enqueueConfirmed })).toMatchObject({ closed: false });
    expect(judged).toEqual([judged[0], judged[0]]);
  });

  it('of a topic that a newer answer has shown meanwhile are not carried out', async () => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    const lost = await nightWithDeletions([group], { [group]: 1 });
    const asked = await lookAndQueue(NEXT_RUN);
    const [TopicId = ''] = lost[group] ?? [];
    world.simulator.app().createTopic(group, { TopicId });
    await later(1_000, (parts) => sync(parts, [group], '2026-11-24T02:00:00.000Z'));
    await deliver(parts, ...asked);
    expect(await statusesOf(group)).toEqual(['active', 'active', 'active']);
    const items = await world.itemsOf(parts.app.sdkAppId, group);
    expect(items.filter(({ kind }) => kind === 'deleted')).toEqual([]);
  });

  it('are carried out in communities that were read although another failed', async () => {
    const [group = '', failing = ''] = communities(2);
    await nightOf([group, failing], RUN);
    answer = ({ body }) =>
      body['GroupId'] === failing ? { body: '{"ErrorCode":10007,"ActionStatus":"FAIL"}' } : undefined;
    await nightWithDeletions([group, failing], { [group]: 1 });
    expect(await untilClosed(NEXT_RUN)).toMatchObject({
      summary: { status: 'INCOMPLETE', topics: { deleted: 1, held: 0 } },
    });
  });

  it.each<[string, Listing, (runId: string) => Promise<unknown>]>([
    ['whose list is in doubt', { totalCount: 9 }, async () => {}],
    ['that was halted', {}, (runId) => catalog.haltRun(runId, { message: 'the plan has expired' })],
  ])('of a run %s are neither judged nor carried out', async (_what, listing, happens) => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    await nightWithDeletions([group], { [group]: 1 }, listing);
    await happens(NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE', topics: { deleted: 0, missing: 1, held: 0 } },
    });
    expect(await catalog.readRun(NEXT_RUN)).not.toHaveProperty('verdict');
    expect(await statusesOf(group)).toEqual(['active', 'active', 'missing']);
  });
});

describe('more confirmed deletions than the guard allows', () => {
  const limits = { maxDeletions: 50, maxDeletionRatio: 1 };

  it('are held, and their topics stay readable as missing', async () => {
    const group = await nightThatLoses(51);
    const enqueueConfirmed = async () => {
      throw new Error('nothing may be deleted');
    };
    expect(await look({ runId: NEXT_RUN, limits, enqueueConfirmed })).toMatchObject({
      closed: true,
      summary: { status: 'HELD', topics: { active: 9, deleted: 0, missing: 0, held: 51 } },
    });
    expect((await catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      '51 confirmed deletions are held: more than 50 in one run',
    ]);
    expect((await statusesOf(group)).filter((status) => status === 'missing')).toHaveLength(51);
  });

  it('are judged over the whole run: few in each of many communities are many', async () => {
    const groups = communities(18);
    await nightOf(groups, RUN);
    await nightWithDeletions(groups, Object.fromEntries(groups.map((group) => [group, 3])));
    expect(await look({ runId: NEXT_RUN, limits })).toMatchObject({ summary: { status: 'HELD' } });
  });

  it('are held by an INCOMPLETE run too, which stays INCOMPLETE', async () => {
    const [failing = ''] = communities(1);
    await nightOf([failing], RUN);
    world.simulator.app().setTopicSupport(failing, false);
    await nightThatLoses(51, [failing]);
    expect(await look({ runId: NEXT_RUN, limits })).toMatchObject({
      summary: { status: 'INCOMPLETE', topics: { held: 51 } },
    });
    expect((await catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      '1 community failed',
      '51 confirmed deletions are held: more than 50 in one run',
    ]);
  });

  it('are confirmed and judged anew by the next night', async () => {
    const group = await nightThatLoses(51);
    await look({ runId: NEXT_RUN, limits });
    const third = '2026-11-24T02:00:00.000Z';
    await nightOf([group], third, {}, { limits: { ...limits, maxDeletions: 51 } });
    expect((await catalog.readRun(third))?.summary).toMatchObject({
      status: 'COMPLETE',
      topics: { active: 9, deleted: 51, missing: 0, held: 0 },
    });
  });

  it('are carried out when a person releases them, and nothing that was confirmed later', async () => {
    const group = await nightThatLoses(51);
    await look({ runId: NEXT_RUN, limits });
    const { closedAt } = (await catalog.readRun(NEXT_RUN)) ?? {};
    const app = world.simulator.app();
    const { TopicId = '' } = app.topics(group)[0] ?? {};
    app.deleteTopic(group, TopicId);
    await later(1_000, (parts) => sync(parts, [group], NEXT_RUN));

    expect(await catalog.releaseRun(NEXT_RUN, new Date().toISOString())).toBe(true);
    expect(await catalog.releaseRun(NEXT_RUN, new Date().toISOString())).toBe(false);
    expect(await untilClosed(NEXT_RUN, { limits })).toMatchObject({
      summary: { status: 'COMPLETE', topics: { deleted: 51, held: 0 } },
    });
    const statuses = await statusesOf(group);
    expect(statuses.filter((status) => status === 'deleted')).toHaveLength(51);
    expect(statuses.filter((status) => status === 'missing')).toHaveLength(1);
    const run = await catalog.readRun(NEXT_RUN);
    expect(run).toMatchObject({ status: 'COMPLETE', reasons: [] });
    expect(run?.closedAt).not.toBe(closedAt);
  });

  it('are what is released even after a later night has failed where they are', async () => {
    const group = await nightThatLoses(51);
    await look({ runId: NEXT_RUN, limits });
    const third = '2026-11-24T02:00:00.000Z';
    answer = () => ({ body: '{"ErrorCode":10007,"ActionStatus":"FAIL"}' });
    await nightOf([group], third);
    await catalog.releaseRun(NEXT_RUN, new Date().toISOString());
    expect(await untilClosed(NEXT_RUN, { limits })).toMatchObject({
      summary: { status: 'COMPLETE', topics: { deleted: 51, held: 0 } },
    });
    const stamp = await catalog.readCommunity(group, { consistent: true });
    expect(stamp).toMatchObject({ topicCount: 9, missingCount: 0, run: { id: third, outcome: 'failed' } });
  });
});

describe('a disbanded community', () => {
  it('that the list does not name is deleted with its topics', async () => {
    const [kept = '', gone = ''] = communities(2);
    await nightOf([kept, gone], RUN);
    world.simulator.app().disbandCommunity(gone);
    await nightOf([kept], NEXT_RUN);
    expect((await catalog.readRun(NEXT_RUN))?.summary).toMatchObject({
      status: 'COMPLETE',
      communities: { listed: 1, deleted: 1 },
      topics: { active: 3, deleted: 3, missing: 0 },
    });
    const items = await world.itemsOf(parts.app.sdkAppId, gone);
    expect(items.find(({ itemType }) => itemType === 'community')).toMatchObject({
      status: 'deleted',
      deletedAt: expect.any(String),
      topicCount: 0,
    });
    for (const topic of items.filter(({ itemType }) => itemType === 'topic'))
      expect(topic).toMatchObject({ status: 'deleted', deletedCode: 10010 });
    expectHistoryReplays(items);
  });

  it('is not asked for again, and is restored with its topics when it is listed again', async () => {
    const [kept = '', gone = ''] = communities(2);
    await nightOf([kept, gone], RUN);
    const app = world.simulator.app();
    const topics = app.topics(gone);
    app.disbandCommunity(gone);
    await nightOf([kept], NEXT_RUN);
    const calls = world.simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
    await nightOf([kept], '2026-11-24T02:00:00.000Z');
    expect(world.simulator.stats().apps[0]?.apis.get_topic.calls).toBe(calls + 1);

    app.createCommunity({ groupId: gone });
    for (const { TopicId } of topics) app.createTopic(gone, { TopicId });
    const back = '2026-11-25T02:00:00.000Z';
    await nightOf([kept, gone], back);
    expect((await catalog.readRun(back))?.summary).toMatchObject({
      status: 'COMPLETE',
      communities: { deleted: 0 },
      topics: { active: 6, restored: 3 },
    });
    const stamp = await catalog.readCommunity(gone, { consistent: true });
    expect(stamp).toMatchObject({ status: 'active', topicCount: 3 });
    expect(stamp).not.toHaveProperty('deletedAt');
  });

  it('that the list names is not deleted', async () => {
    const [gone = ''] = communities(1);
    await nightOf([gone], RUN);
    world.simulator.app().disbandCommunity(gone);
    await nightOf([gone], NEXT_RUN);
    expect((await catalog.readRun(NEXT_RUN))?.summary).toMatchObject({
      communities: { deleted: 0 },
      topics: { deleted: 0, missing: 3, held: 0 },
    });
  });

  it('is within the guard with four others, and deleted topics with them', async () => {
    await nightThatLosesCommunities(5, { topics: 1 });
    expect(await untilClosed(NEXT_RUN)).toMatchObject({
      summary: { status: 'COMPLETE', communities: { deleted: 5 }, topics: { deleted: 16, held: 0 } },
    });
  });

  it('is held with others that were within the guard when they were asked for', async () => {
    await nightThatLosesCommunities(6, { topics: 1, kept: 34 });
    const asked = await lookAndQueue(NEXT_RUN);
    await deliver(parts, ...asked);
    const limits = { maxDeletions: 50, maxDeletionRatio: 0.15 };
    expect(await untilClosed(NEXT_RUN, { limits })).toMatchObject({
      summary: { status: 'HELD', communities: { deleted: 0 }, topics: { deleted: 0, held: 19 } },
    });
  });
});

describe('a list that lacks more mirrored communities than a run may disband', () => {
  it('makes the run INCOMPLETE, and nothing is asked for nor deleted', async () => {
    const { kept } = await nightThatLosesCommunities(6, { topics: 1 });
    const calls = topicCalls();
    const refuse = async () => {
      throw new Error('nobody may be asked, nothing deleted');
    };
    expect(await look({ runId: NEXT_RUN, enqueueUnlisted: refuse, enqueueConfirmed: refuse })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE', topics: { deleted: 0, missing: 1, held: 0, active: 20 } },
    });
    expect(topicCalls()).toBe(calls);
    const run = await catalog.readRun(NEXT_RUN);
    expect(run).toMatchObject({
      reasons: ['the list names 6 communities fewer than are mirrored'],
      shrunkBy: 6,
    });
    expect(run).not.toHaveProperty('verdict');
    expect(await statusesOf(kept)).toEqual(['active', 'active', 'missing']);
  });

  it('heals by itself when the next list names them again', async () => {
    const { groups } = await nightThatLosesCommunities(0);
    await open(groups.slice(0, 1), NEXT_RUN);
    await sync(parts, groups.slice(0, 1), NEXT_RUN);
    expect(await untilClosed(NEXT_RUN)).toMatchObject({ summary: { status: 'INCOMPLETE' } });
    const third = '2026-11-24T02:00:00.000Z';
    await nightOf(groups, third);
    expect((await catalog.readRun(third))?.summary).toMatchObject({
      status: 'COMPLETE',
      topics: { active: 24, missing: 0, deleted: 0 },
    });
  });

  it('is carried on with when a person says that it is true; who answers is not deleted', async () => {
    const { kept, gone } = await nightThatLosesCommunities(6, { topics: 1, unlisted: 1 });
    const first = await untilClosed(NEXT_RUN);
    expect(first).toMatchObject({ summary: { status: 'INCOMPLETE' } });
    expect(await catalog.trustList(NEXT_RUN, new Date().toISOString())).toBe(true);
    expect(await catalog.trustList(NEXT_RUN, new Date().toISOString())).toBe(false);
    expect(await untilClosed(NEXT_RUN)).toMatchObject({
      summary: {
        status: 'COMPLETE',
        elapsedMs: first.closed ? first.summary?.elapsedMs : undefined,
        communities: { listed: 1, deleted: 6 },
        topics: { active: 5, deleted: 19, missing: 0, held: 0 },
      },
    });
    expect(await statusesOf(kept)).toEqual(['active', 'active', 'deleted']);
    for (const groupId of gone) expect(await statusesOf(groupId)).toEqual(Array(3).fill('deleted'));
  });

  it('is trusted for its communities alone: too many deleted topics are still held', async () => {
    const { gone } = await nightThatLosesCommunities(6, { topics: 3 });
    await untilClosed(NEXT_RUN);
    await catalog.trustList(NEXT_RUN, new Date().toISOString());
    const { groupId } = world.simulator.app().createCommunity({ topics: 60 });
    await sync(parts, [groupId], NEXT_RUN);
    for (const { TopicId } of world.simulator.app().topics(groupId).slice(0, 51))
      world.simulator.app().deleteTopic(groupId, TopicId);
    await later(1_000, (parts) => sync(parts, [groupId], NEXT_RUN));
    expect(await untilClosed(NEXT_RUN, { now: () => Date.now() + 5_000 })).toMatchObject({
      summary: { status: 'HELD', communities: { deleted: 0 }, topics: { deleted: 0, held: 72 } },
    });
    expect((await catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      expect.stringMatching(/^54 confirmed deletions are held/),
    ]);
    expect(await statusesOf(gone[0] as string)).toEqual(Array(3).fill('missing'));
  });

  it('is not what a halted run waits for', async () => {
    await nightThatLosesCommunities(6);
    await catalog.haltRun(NEXT_RUN, { message: 'the plan has expired' });
    expect(await look({ runId: NEXT_RUN })).toMatchObject({ summary: { status: 'INCOMPLETE' } });
    expect(await catalog.readRun(NEXT_RUN)).not.toHaveProperty('shrunkBy');
    expect(await catalog.trustList(NEXT_RUN, new Date().toISOString())).toBe(false);
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

  it.each([
    [2_000, 1],
    [60_000, 15],
    [1_500_000, 60],
  ])('asks after a listing that has been under way for %i ms again in %i s', async (ms, seconds) => {
    await catalog.openRun({ runId: RUN, startedAt: new Date().toISOString(), limit: 10 });
    const sent: (number | undefined)[] = [];
    const send = async (command: { input: { DelaySeconds?: number; AttributeNames?: unknown } }) => {
      if (command.input.AttributeNames) return { Attributes: {} };
      sent.push(command.input.DelaySeconds);
      return {};
    };
    const client = { send } as unknown as SQSClient;
    const queues = {
      communitiesQueue: { ...parts.communitiesQueue, client },
      closingQueue: { ...parts.closingQueue, client },
    };
    await later(ms, (ahead) =>
      createCloseRunHandler({ ...ahead, ...queues })(
        sqsEvent(closingMessage({ sdkAppId: parts.app.sdkAppId, runId: RUN, emptyLooks: 0 })),
        lambdaContext(),
      ),
    );
    expect(sent).toEqual([seconds]);
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

/** Lists these communities, syncs them and closes the run, deletions and all. */
async function nightOf(
  groups: readonly string[],
  runId: string,
  listing: Listing = {},
  more: Look = {},
): Promise<void> {
  await open(groups, runId, listing);
  await sync(parts, groups, runId);
  await untilClosed(runId, more);
}

/** The next night's listing and syncs, after so many topics of each community were deleted. @returns their ids */
async function nightWithDeletions(
  groups: readonly string[],
  deletions: Readonly<Record<string, number>>,
  listing: Listing = {},
): Promise<Record<string, string[]>> {
  const app = world.simulator.app();
  const lost: Record<string, string[]> = {};
  for (const [groupId, count] of Object.entries(deletions)) {
    lost[groupId] = app
      .topics(groupId)
      .slice(-count)
      .map(({ TopicId }) => TopicId);
    for (const topicId of lost[groupId]) app.deleteTopic(groupId, topicId);
  }
  await open(groups, NEXT_RUN, listing);
  await sync(parts, groups, NEXT_RUN);
  return lost;
}

/** The next night's listing and syncs, after a community of 60 topics has lost some. */
async function nightThatLoses(count: number, others: readonly string[] = []): Promise<string> {
  const { groupId } = world.simulator.app().createCommunity({ topics: 60 });
  await nightOf([groupId, ...others], RUN);
  await nightWithDeletions([groupId, ...others], { [groupId]: count });
  return groupId;
}

interface LostCommunities {
  /** Topics that a kept community has lost. */
  topics?: number;
  /** Communities that are listed still, one of which has lost the topics. */
  kept?: number;
  /** Communities that the list does not name although they are there. */
  unlisted?: number;
}

/** The next night's listing and syncs, after so many communities of three topics were disbanded. */
async function nightThatLosesCommunities(
  count: number,
  { topics = 0, kept: keptCount = 1, unlisted = 0 }: LostCommunities = {},
) {
  const groups = communities(keptCount + (count === 0 ? 7 : count) + unlisted);
  const app = world.simulator.app();
  await nightOf(groups, RUN);
  const kept = groups.slice(0, keptCount);
  const gone = groups.slice(keptCount, keptCount + count);
  for (const groupId of gone) app.disbandCommunity(groupId);
  if (count > 0) await nightWithDeletions(kept, { [kept[0] as string]: topics });
  return { groups, kept: kept[0] as string, gone };
}

function topicCalls(): number {
  return world.simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
}

/** Looks at a run, and keeps what is queued. */
async function lookAndQueue(runId: string): Promise<CommunityMessage[]> {
  const queued: CommunityMessage[] = [];
  await look({ runId, ...queueingTo((message) => queued.push(message)) });
  return queued;
}

function queueingTo(queue: (message: CommunityMessage) => void) {
  const message = (groupId: string, more: Partial<CommunityMessage>) =>
    queue(communityMessage(parts, groupId, more));
  return {
    enqueueUnlisted: async (runId: string, ids: readonly string[]) => {
      for (const groupId of ids) message(groupId, { runId, reason: 'unlisted' });
    },
    enqueueConfirmed: async (runId: string, ids: readonly string[], judgedAt: string) => {
      for (const groupId of ids) message(groupId, { runId, reason: 'confirmed', judgedAt });
    },
  };
}

/** Looks at a run until it is closed, delivering what is queued in between. */
async function untilClosed(runId: string, more: Look = {}): Promise<CloseResult> {
  for (let looks = 1; ; looks++) {
    const queued: CommunityMessage[] = [];
    const result = await look({ runId, ...more, ...queueingTo((message) => queued.push(message)), depth: 0 });
    if (result.closed || looks === 5) return result;
    await deliver(parts, ...queued);
  }
}

/** The statuses of a community's topics, in alphabetical order. */
async function statusesOf(groupId: string): Promise<string[]> {
  const statuses: string[] = [];
  for await (const { status } of catalog.topicsOf(groupId)) statuses.push(status);
  return statuses.sort();
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
  const none = async () => {};
  const limits = { maxDeletions: 500, maxDeletionRatio: 0.15 };
  const queueing = { enqueueUnlisted: none, enqueueConfirmed: none };
  const wired = { catalog, units, limits, now: Date.now, depth: async () => depth, ...queueing, ...more };
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
