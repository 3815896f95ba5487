import { describe, expect, it } from '@jest/globals';
import { NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';
import { closing, nightOf, untilClosed, useClosing } from './closing.ts';

useClosing();

const take = (topics: number) => closing.world.simulator.app().createCommunity({ topics }).groupId;

const night = (groups: readonly string[], runId: string) => nightOf(groups, runId, {}, { emptyLooks: 2 });

const reopen = (runId: string) => closing.catalog.reopenRun(runId, new Date().toISOString());

/** From now on the API refuses a community. */
function refuse(groupId: string): void {
  const noRight = { body: '{"ActionStatus":"FAIL","ErrorCode":10015,"ErrorInfo":"no right"}' };
  closing.answer = ({ body }) => (body['GroupId'] === groupId ? noRight : undefined);
}

function lose(groupId: string, count: number): void {
  const app = closing.world.simulator.app();
  for (const { TopicId } of app.topics(groupId).slice(0, count)) app.deleteTopic(groupId, TopicId);
}

describe('a run that was opened again', () => {
  it('waits for what had failed, and ends as the whole run', async () => {
    const [good, bad] = [take(3), take(2)];
    refuse(bad);
    await night([good, bad], RUN);
    const first = await closing.catalog.readRun(RUN);
    expect(first).toMatchObject({ status: 'INCOMPLETE', failures: [{ groupId: bad, code: 10015 }] });
    await reopen(RUN);
    expect(await untilClosed(RUN, { emptyLooks: 0 })).toEqual({ closed: false, depth: 0, emptyLooks: 1 });
    closing.answer = () => undefined;
    await sync(closing.parts, [bad]);
    expect(await untilClosed(RUN, { emptyLooks: 0 })).toMatchObject({ closed: true });
    expect(await closing.catalog.readRun(RUN)).toMatchObject({
      status: 'COMPLETE',
      reasons: [],
      failures: [],
      summary: {
        communities: { listed: 2, synced: 2, failed: 0 },
        topics: { active: 5, baseline: 5 },
        api: { calls: 3 },
      },
    });
  });

  it('that still misses the same ends as before, after three empty looks', async () => {
    const [good, bad] = [take(3), take(2)];
    refuse(bad);
    await night([good, bad], RUN);
    const first = await closing.catalog.readRun(RUN);
    await reopen(RUN);
    expect(await untilClosed(RUN, { emptyLooks: 1 })).toMatchObject({ closed: false });
    expect(await untilClosed(RUN, { emptyLooks: 2 })).toMatchObject({ closed: true });
    const { reasons, failures, summary } = (await closing.catalog.readRun(RUN)) ?? {};
    expect([reasons, failures]).toEqual([first?.reasons, first?.failures]);
    expect(summary?.communities).toEqual(first?.summary?.communities);
  });

  it('judges its new deletions together with those that it has carried out', async () => {
    const [one, other] = [take(60), take(60)];
    await night([one, other], RUN);
    lose(one, 40);
    lose(other, 15);
    refuse(other);
    await night([one, other], NEXT_RUN);
    expect((await closing.catalog.readRun(NEXT_RUN))?.summary?.topics).toMatchObject({
      deleted: 40,
      held: 0,
    });
    await reopen(NEXT_RUN);
    closing.answer = () => undefined;
    await sync(closing.parts, [other], NEXT_RUN);
    await untilClosed(NEXT_RUN, { emptyLooks: 2 });
    expect(await closing.catalog.readRun(NEXT_RUN)).toMatchObject({
      status: 'HELD',
      summary: { topics: { deleted: 40, held: 15, active: 65 } },
    });
  });
});
