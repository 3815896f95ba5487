import { describe, expect, it } from '@jest/globals';
import { expectHistoryReplays } from '../../support/worldCompare.ts';
import { deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';
import {
  closing,
  communities,
  later,
  look,
  lookAndQueue,
  nightOf,
  nightThatLosesCommunities,
  open,
  statusesOf,
  topicCalls,
  untilClosed,
  useClosing,
} from './closing.ts';

useClosing();

describe('a disbanded community', () => {
  it('that the list does not name is deleted with its topics', async () => {
    const [kept = '', gone = ''] = communities(2);
    await nightOf([kept, gone], RUN);
    closing.world.simulator.app().disbandCommunity(gone);
    await nightOf([kept], NEXT_RUN);
    expect((await closing.catalog.readRun(NEXT_RUN))?.summary).toMatchObject({
      status: 'COMPLETE',
      communities: { listed: 1, deleted: 1 },
      topics: { active: 3, deleted: 3, missing: 0 },
    });
    const items = await closing.world.itemsOf(closing.parts.app.sdkAppId, gone);
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
    const app = closing.world.simulator.app();
    const topics = app.topics(gone);
    app.disbandCommunity(gone);
    await nightOf([kept], NEXT_RUN);
    const calls = closing.world.simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
    await nightOf([kept], '2026-11-24T02:00:00.000Z');
    expect(closing.world.simulator.stats().apps[0]?.apis.get_topic.calls).toBe(calls + 1);

    app.createCommunity({ groupId: gone });
    for (const { TopicId } of topics) app.createTopic(gone, { TopicId });
    const back = '2026-11-25T02:00:00.000Z';
    await nightOf([kept, gone], back);
    expect((await closing.catalog.readRun(back))?.summary).toMatchObject({
      status: 'COMPLETE',
      communities: { deleted: 0 },
      topics: { active: 6, restored: 3 },
    });
    const stamp = await closing.catalog.readCommunity(gone, { consistent: true });
    expect(stamp).toMatchObject({ status: 'active', topicCount: 3 });
    expect(stamp).not.toHaveProperty('deletedAt');
  });

  it('that the list names is not deleted', async () => {
    const [gone = ''] = communities(1);
    await nightOf([gone], RUN);
    closing.world.simulator.app().disbandCommunity(gone);
    await nightOf([gone], NEXT_RUN);
    expect((await closing.catalog.readRun(NEXT_RUN))?.summary).toMatchObject({
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
    await deliver(closing.parts, ...asked);
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
    const run = await closing.catalog.readRun(NEXT_RUN);
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
    await sync(closing.parts, groups.slice(0, 1), NEXT_RUN);
    expect(await untilClosed(NEXT_RUN)).toMatchObject({ summary: { status: 'INCOMPLETE' } });
    const third = '2026-11-24T02:00:00.000Z';
    await nightOf(groups, third);
    expect((await closing.catalog.readRun(third))?.summary).toMatchObject({
      status: 'COMPLETE',
      topics: { active: 24, missing: 0, deleted: 0 },
    });
  });

  it('is carried on with when a person says that it is true; who answers is not deleted', async () => {
    const { kept, gone } = await nightThatLosesCommunities(6, { topics: 1, unlisted: 1 });
    const first = await untilClosed(NEXT_RUN);
    expect(first).toMatchObject({ summary: { status: 'INCOMPLETE' } });
    expect(await closing.catalog.trustList(NEXT_RUN, new Date().toISOString())).toBe(true);
    expect(await closing.catalog.trustList(NEXT_RUN, new Date().toISOString())).toBe(false);
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
    await closing.catalog.trustList(NEXT_RUN, new Date().toISOString());
    const { groupId } = closing.world.simulator.app().createCommunity({ topics: 60 });
    await sync(closing.parts, [groupId], NEXT_RUN);
    for (const { TopicId } of closing.world.simulator.app().topics(groupId).slice(0, 51))
      closing.world.simulator.app().deleteTopic(groupId, TopicId);
    await later(1_000, (parts) => sync(parts, [groupId], NEXT_RUN));
    expect(await untilClosed(NEXT_RUN, { now: () => Date.now() + 5_000 })).toMatchObject({
      summary: { status: 'HELD', communities: { deleted: 0 }, topics: { deleted: 0, held: 72 } },
    });
    expect((await closing.catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      expect.stringMatching(/^54 confirmed deletions are held/),
    ]);
    expect(await statusesOf(gone[0] as string)).toEqual(Array(3).fill('missing'));
  });

  it('is not what a halted run waits for', async () => {
    await nightThatLosesCommunities(6);
    await closing.catalog.haltRun(NEXT_RUN, { message: 'the plan has expired' });
    expect(await look({ runId: NEXT_RUN })).toMatchObject({ summary: { status: 'INCOMPLETE' } });
    expect(await closing.catalog.readRun(NEXT_RUN)).not.toHaveProperty('shrunkBy');
    expect(await closing.catalog.trustList(NEXT_RUN, new Date().toISOString())).toBe(false);
  });
});
