import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CloseResult, closeRun } from '../../../lambdas/close-run/closeRun.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { Catalog } from '../../../shared/catalog/index.ts';
import type { CommunityMessage } from '../../../shared/messages.ts';
import type { InterceptedCall } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { communityMessage, deliver, NEXT_RUN, RUN, sync } from '../../support/worldEvents.ts';

let world: World;
let parts: Parts;
let catalog: Catalog;
/** The community that the API refuses. */
let refused: string | undefined;

const NO_RIGHT = { body: '{"ActionStatus":"FAIL","ErrorCode":10007,"ErrorInfo":"no right"}' };

beforeAll(async () => {
  const intercept = ({ body }: InterceptedCall) =>
    refused !== undefined && (body as { GroupId?: string }).GroupId === refused ? NO_RIGHT : undefined;
  world = await createWorld({ communities: 0, intercept });
});

beforeEach(() => {
  refused = undefined;
  parts = world.fresh();
  catalog = meteredCatalog(parts).catalog;
});

afterAll(() => world.close());

const take = (topics: number) => world.simulator.app().createCommunity({ topics }).groupId;

function lose(groupId: string, count: number): void {
  const app = world.simulator.app();
  for (const { TopicId } of app.topics(groupId).slice(0, count)) app.deleteTopic(groupId, TopicId);
}

/** Looks at a run until it is closed, delivering in between what it queues. */
async function close(runId: string, emptyLooks = 2): Promise<CloseResult> {
  for (;;) {
    const queued: CommunityMessage[] = [];
    const queue = async (ids: readonly string[], more: Partial<CommunityMessage>) => {
      for (const groupId of ids) queued.push(communityMessage(parts, groupId, { runId, ...more }));
    };
    const result = await closeRun(
      {
        ...meteredCatalog(parts),
        depth: async () => 0,
        enqueueUnlisted: (_, ids) => queue(ids, { reason: 'unlisted' }),
        enqueueConfirmed: (_, ids, judgedAt) => queue(ids, { reason: 'confirmed', judgedAt }),
        limits: { maxDeletions: 500, maxDeletionRatio: 0.15 },
        now: Date.now,
      },
      runId,
      emptyLooks,
    );
    if (result.closed || queued.length === 0) return result;
    await deliver(parts, ...queued);
  }
}

async function night(groups: readonly string[], runId: string): Promise<void> {
  const startedAt = new Date().toISOString();
  const run = await catalog.openRun({ runId, startedAt, limit: 10_000 });
  await catalog.putListed({ runId, page: 0, groupIds: groups, now: Date.now() });
  const page = { next: '0', limit: 10_000, groupIds: groups.length, totalCount: groups.length };
  await catalog.advanceRun(run, { ...page, enumeratedAt: startedAt });
  await sync(parts, groups, runId);
  await close(runId);
}

const reopen = (runId: string) => catalog.reopenRun(runId, new Date().toISOString());

describe('a run that was opened again', () => {
  it('waits for what had failed, and ends as the whole run', async () => {
    const [good, bad] = [take(3), take(2)];
    refused = bad;
    await night([good, bad], RUN);
    const first = await catalog.readRun(RUN);
    expect(first).toMatchObject({ status: 'INCOMPLETE', failures: [{ groupId: bad, code: 10007 }] });
    await reopen(RUN);
    expect(await close(RUN, 0)).toEqual({ closed: false, depth: 0, emptyLooks: 1 });
    refused = undefined;
    await sync(parts, [bad]);
    expect(await close(RUN, 0)).toMatchObject({ closed: true });
    expect(await catalog.readRun(RUN)).toMatchObject({
      status: 'COMPLETE',
      reasons: [],
      failures: [],
      summary: {
        communities: { listed: 2, synced: 2, failed: 0 },
        topics: { active: 5, created: 5 },
        api: { calls: 3 },
      },
    });
  });

  it('that still misses the same ends as before, after three empty looks', async () => {
    const [good, bad] = [take(3), take(2)];
    refused = bad;
    await night([good, bad], RUN);
    const first = await catalog.readRun(RUN);
    await reopen(RUN);
    expect(await close(RUN, 1)).toMatchObject({ closed: false });
    expect(await close(RUN, 2)).toMatchObject({ closed: true });
    const { reasons, failures, summary } = (await catalog.readRun(RUN)) ?? {};
    expect([reasons, failures]).toEqual([first?.reasons, first?.failures]);
    expect(summary?.communities).toEqual(first?.summary?.communities);
  });

  it('judges its new deletions together with those that it has carried out', async () => {
    const [one, other] = [take(60), take(60)];
    await night([one, other], RUN);
    lose(one, 40);
    lose(other, 15);
    refused = other;
    await night([one, other], NEXT_RUN);
    expect((await catalog.readRun(NEXT_RUN))?.summary?.topics).toMatchObject({ deleted: 40, held: 0 });
    await reopen(NEXT_RUN);
    refused = undefined;
    await sync(parts, [other], NEXT_RUN);
    await close(NEXT_RUN);
    expect(await catalog.readRun(NEXT_RUN)).toMatchObject({
      status: 'HELD',
      summary: { topics: { deleted: 40, held: 15, active: 65 } },
    });
  });
});
