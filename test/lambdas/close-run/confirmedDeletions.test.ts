import { describe, expect, it } from '@jest/globals';
import { expectHistoryReplays } from '../../support/worldCompare.ts';
import { deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';
import {
  closing,
  communities,
  type Listing,
  later,
  look,
  lookAndQueue,
  nightOf,
  nightThatLoses,
  nightWithDeletions,
  statusesOf,
  untilClosed,
  useClosing,
} from './closing.ts';

useClosing();

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
    await deliver(closing.parts, ...asked);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      closed: true,
      summary: { status: 'COMPLETE', topics: { active: 3, deleted: 3, missing: 0, held: 0 } },
    });
    const items = await closing.world.itemsOf(closing.parts.app.sdkAppId, group);
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
    expect((await closing.catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      'confirmed deletions in 1 community were not carried out',
    ]);
  });

  it('are counted once however often their message is delivered', async () => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    await nightWithDeletions([group], { [group]: 2 });
    const asked = await lookAndQueue(NEXT_RUN);
    await deliver(closing.parts, ...asked, ...asked);
    await deliver(closing.parts, ...asked);
    await sync(closing.parts, [group], NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      summary: { status: 'COMPLETE', topics: { active: 1, deleted: 2, missing: 0 } },
    });
    const items = await closing.world.itemsOf(closing.parts.app.sdkAppId, group);
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
    closing.world.simulator.app().createTopic(group, { TopicId });
    await later(1_000, (parts) => sync(parts, [group], '2026-11-24T02:00:00.000Z'));
    await deliver(closing.parts, ...asked);
    expect(await statusesOf(group)).toEqual(['active', 'active', 'active']);
    const items = await closing.world.itemsOf(closing.parts.app.sdkAppId, group);
    expect(items.filter(({ kind }) => kind === 'deleted')).toEqual([]);
  });

  it('are carried out in communities that were read although another failed', async () => {
    const [group = '', failing = ''] = communities(2);
    await nightOf([group, failing], RUN);
    closing.answer = ({ body }) =>
      body['GroupId'] === failing ? { body: '{"ErrorCode":10007,"ActionStatus":"FAIL"}' } : undefined;
    await nightWithDeletions([group, failing], { [group]: 1 });
    expect(await untilClosed(NEXT_RUN)).toMatchObject({
      summary: { status: 'INCOMPLETE', topics: { deleted: 1, held: 0 } },
    });
  });

  it.each<[string, Listing, (runId: string) => Promise<unknown>]>([
    ['whose list is in doubt', { totalCount: 9 }, async () => {}],
    ['that was halted', {}, (runId) => closing.catalog.haltRun(runId, { message: 'the plan has expired' })],
  ])('of a run %s are neither judged nor carried out', async (_what, listing, happens) => {
    const [group = ''] = communities(1);
    await nightOf([group], RUN);
    await nightWithDeletions([group], { [group]: 1 }, listing);
    await happens(NEXT_RUN);
    expect(await look({ runId: NEXT_RUN })).toMatchObject({
      closed: true,
      summary: { status: 'INCOMPLETE', topics: { deleted: 0, missing: 1, held: 0 } },
    });
    expect(await closing.catalog.readRun(NEXT_RUN)).not.toHaveProperty('verdict');
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
    expect((await closing.catalog.readRun(NEXT_RUN))?.reasons).toEqual([
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
    closing.world.simulator.app().setTopicSupport(failing, false);
    await nightThatLoses(51, [failing]);
    expect(await look({ runId: NEXT_RUN, limits })).toMatchObject({
      summary: { status: 'INCOMPLETE', topics: { held: 51 } },
    });
    expect((await closing.catalog.readRun(NEXT_RUN))?.reasons).toEqual([
      '1 community failed',
      '51 confirmed deletions are held: more than 50 in one run',
    ]);
  });

  it('are confirmed and judged anew by the next night', async () => {
    const group = await nightThatLoses(51);
    await look({ runId: NEXT_RUN, limits });
    const third = '2026-11-24T02:00:00.000Z';
    await nightOf([group], third, {}, { limits: { ...limits, maxDeletions: 51 } });
    expect((await closing.catalog.readRun(third))?.summary).toMatchObject({
      status: 'COMPLETE',
      topics: { active: 9, deleted: 51, missing: 0, held: 0 },
    });
  });

  it('are carried out when a person releases them, and nothing that was confirmed later', async () => {
    const group = await nightThatLoses(51);
    await look({ runId: NEXT_RUN, limits });
    const { closedAt } = (await closing.catalog.readRun(NEXT_RUN)) ?? {};
    const app = closing.world.simulator.app();
    const { TopicId = '' } = app.topics(group)[0] ?? {};
    app.deleteTopic(group, TopicId);
    await later(1_000, (parts) => sync(parts, [group], NEXT_RUN));

    expect(await closing.catalog.releaseRun(NEXT_RUN, new Date().toISOString())).toBe(true);
    expect(await closing.catalog.releaseRun(NEXT_RUN, new Date().toISOString())).toBe(false);
    expect(await untilClosed(NEXT_RUN, { limits })).toMatchObject({
      summary: { status: 'COMPLETE', topics: { deleted: 51, held: 0 } },
    });
    const statuses = await statusesOf(group);
    expect(statuses.filter((status) => status === 'deleted')).toHaveLength(51);
    expect(statuses.filter((status) => status === 'missing')).toHaveLength(1);
    const run = await closing.catalog.readRun(NEXT_RUN);
    expect(run).toMatchObject({ status: 'COMPLETE', reasons: [] });
    expect(run?.closedAt).not.toBe(closedAt);
  });

  it('are what is released even after a later night has failed where they are', async () => {
    const group = await nightThatLoses(51);
    await look({ runId: NEXT_RUN, limits });
    const third = '2026-11-24T02:00:00.000Z';
    closing.answer = () => ({ body: '{"ErrorCode":10007,"ActionStatus":"FAIL"}' });
    await nightOf([group], third);
    await closing.catalog.releaseRun(NEXT_RUN, new Date().toISOString());
    expect(await untilClosed(NEXT_RUN, { limits })).toMatchObject({
      summary: { status: 'COMPLETE', topics: { deleted: 51, held: 0 } },
    });
    const stamp = await closing.catalog.readCommunity(group, { consistent: true });
    expect(stamp).toMatchObject({ topicCount: 9, missingCount: 0, run: { id: third, outcome: 'failed' } });
  });
});
