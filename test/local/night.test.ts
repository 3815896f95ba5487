import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { meteredCatalog } from '../../lambdas/parts/base.ts';
import type { Parts } from '../../lambdas/parts/index.ts';
import { type NightOptions, runNight } from '../../local/night.ts';
import type { SimulatorOptions } from '../../simulator/index.ts';
import { createWorld, unpacedChat, type World } from '../support/world.ts';
import { expectHistoryReplays, expectMirrored } from '../support/worldCompare.ts';
import { createLifeline, on } from '../support/worldCrash.ts';
import { NEXT_RUN, RUN } from '../support/worldEvents.ts';

// Long on a slow machine, for many small cases or for waits.
jest.setTimeout(30_000);

describe('a night', () => {
  it.concurrent('mirrors the app, and the next one follows its changes, field by field', async () => {
    const world = await inNewWorld({ communities: 40, topicsPerCommunity: 3 });
    const app = world.simulator.app();
    const empty = emptyOf(world);
    const unsupported = [...app.state()].filter(({ supportsTopics }) => !supportsTopics).length;
    const topics = [...app.state()].flatMap((state) => (state.supportsTopics ? state.topics : [])).length;
    const progress: [number, number][] = [];
    const first = await night(world, { onProgress: (done, listed) => progress.push([done, listed]) });
    expect(first).toMatchObject({
      status: 'COMPLETE',
      communities: { listed: 40, synced: 40 - unsupported, unsupported, failed: 0 },
      topics: { active: topics, baseline: topics, missing: 0 },
      // Those that seem to have no topics are asked twice, the first time.
      api: { calls: 41 + empty.length, listCalls: 1, retries: 0, rateLimited: 0 },
    });
    expect(progress.at(-1)).toEqual([40, 40]);
    expectMirrored(await world.items(), app);

    const changes = app.mutate({
      edits: 9,
      deletions: 4,
      creations: 5,
      messages: 6,
      newCommunities: 2,
      disbandings: 1,
    });
    const created = changes.created.length;
    const baseline = changes.createdCommunities.flatMap(({ topicIds }) => topicIds).length;
    const lost = changes.disbanded.flatMap(({ topicIds }) => topicIds).length;
    const emptied = emptyOf(world).filter((groupId) => !empty.includes(groupId));
    const second = await night(world, { runId: NEXT_RUN });
    expect(second).toMatchObject({
      status: 'COMPLETE',
      communities: { listed: 41, failed: 0, unsupported: expect.any(Number), deleted: 1 },
      topics: {
        created,
        baseline,
        updated: 9,
        restored: 0,
        deleted: 4 + lost,
        missing: 0,
        held: 0,
        active: topics + baseline + created - 4 - lost,
      },
      messages: { topics: 6 },
      // The list, each community, the one that it does not name; once more each with a deleted topic, and each that
      // has become empty.
      api: {
        calls: 43 + new Set(changes.deleted.map(({ groupId }) => groupId)).size + emptied.length,
        listCalls: 1,
      },
    });
    const items = await world.items();
    expectMirrored(items, app);
    expectHistoryReplays(items);

    const closed = await runOf(world, NEXT_RUN);
    expect(await night(world, { runId: NEXT_RUN })).toEqual(closed?.summary);
    // Looking at it costs units, and changes nothing else.
    const units = { readUnits: expect.any(Number), writeUnits: expect.any(Number) };
    expect(await runOf(world, NEXT_RUN)).toEqual({ ...closed, ...units });
  });

  it.concurrent('of an app without communities is COMPLETE', async () => {
    const world = await inNewWorld({ communities: 0 });
    expect(await night(world)).toMatchObject({
      status: 'COMPLETE',
      communities: { listed: 0 },
      topics: { active: 0 },
    });
  });

  it.concurrent('whose key is wrong ends INCOMPLETE with the reason, without a call for any community', async () => {
    const world = await inNewWorld({ communities: 3 });
    const chat = unpacedChat(
      world.simulator,
      world.url,
      {},
      { ...world.simulator.defaults, secretKey: 'wrong-key' },
    );
    expect(await night(world, { parts: { ...world.parts, chat } })).toMatchObject({ status: 'INCOMPLETE' });
    expect((await runOf(world, RUN))?.reasons).toEqual([
      expect.stringMatching(/^halted: .*70003/),
      'the list of communities was not read to its end',
    ]);
    expect(topicCalls(world)).toBe(0);
  });

  it.concurrent('whose key is changed while it runs ends INCOMPLETE and lets the messages that are left go', async () => {
    let calls = 0;
    const fatal = { body: '{"ActionStatus":"FAIL","ErrorCode":70009,"ErrorInfo":""}' };
    const world = await inNewWorld({
      communities: 60,
      intercept: ({ api }) => (api === 'get_topic' && ++calls > 10 ? fatal : undefined),
    });
    expect(await night(world, { consumers: 1 })).toMatchObject({
      status: 'INCOMPLETE',
      communities: { listed: 60 },
    });
    expect((await runOf(world, RUN))?.haltedBy).toMatchObject({ code: 70009 });
    expect(topicCalls(world)).toBeLessThan(40);
  });

  it.concurrent('whose list cannot be read ends INCOMPLETE after the event was delivered three times', async () => {
    const world = await inNewWorld({
      communities: 3,
      intercept: ({ api }) => (api === 'get_topic' ? undefined : { status: 503 }),
    });
    expect(await night(world)).toMatchObject({ status: 'INCOMPLETE', communities: { listed: 0 } });
    expect((await runOf(world, RUN))?.reasons?.[0]).toMatch(/^halted: get_appid_group_list: .*503/);
    expect(world.simulator.stats().apps[0]?.apis.get_appid_group_list.calls).toBe(6);
  });
});

describe('a night that is ended early', () => {
  it.concurrent('before it begins makes no call', async () => {
    const world = await inNewWorld({ communities: 3 });
    await expect(night(world, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(await runOf(world, RUN)).toBeUndefined();
    expect(world.simulator.stats().apps[0]?.apis.get_appid_group_list.calls).toBe(0);
  });

  it.concurrent('is completed by the next one on the same data: no community is lost and none is asked for twice', async () => {
    const world = await inNewWorld({
      communities: 60,
      intercept: ({ api }) => (api === 'get_topic' ? { delayMs: 60 } : undefined),
    });
    const app = world.simulator.app();
    // One without topics would be asked twice.
    for (const { groupId, topics } of app.state()) if (topics.length === 0) app.createTopic(groupId);
    await abortedAfter(world, 20);
    expect(topicCalls(world)).toBeGreaterThanOrEqual(20);
    expect(topicCalls(world)).toBeLessThan(60);
    const unfinished = await world.items();
    expect(unfinished.filter(({ itemType }) => itemType === 'community').length).toBe(topicCalls(world));

    const next = await afterRestart(world);
    expect(await night(next)).toMatchObject({ status: 'COMPLETE', communities: { listed: 60, failed: 0 } });
    expect(topicCalls(next)).toBe(60);
    expectMirrored(await next.items(), next.simulator.app());
  });

  it.concurrent('does not count against a run that a listing was cut off by the end of the night', async () => {
    const world = await inNewWorld({ communities: 3 });
    const controller = new AbortController();
    let calls = 0;
    const chat: Parts['chat'] = {
      ...world.parts.chat,
      listGroups: async () => {
        calls += 1;
        controller.abort(new Error('enough'));
        throw new Error('cut off');
      },
    };
    await expect(
      night(world, { parts: { ...world.parts, chat }, signal: controller.signal }),
    ).rejects.toThrow('enough');
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // another delivery would fit
    expect(calls).toBe(1);
    expect(await runOf(world, RUN)).toMatchObject({ status: 'RUNNING' });
    expect(await night(world)).toMatchObject({ status: 'COMPLETE' });
  });
});

describe('a process that is killed', () => {
  it.concurrent('at any call, queues and all, leaves a run that another completes to the same catalog', async () => {
    await Promise.all(
      [3, 15, 19, 40, 60, 75].map(async (at) => {
        const own = await inNewWorld({ communities: 8, topicsPerCommunity: 3, seed: 7 });
        await killedAt(own, at);
        const next = await afterRestart(own);
        const app = next.simulator.app();
        const parts = { ...next.parts, now: () => Date.now() + 16_000 }; // the dead writers' leases are over
        expect(await runNight({ parts, runId: RUN })).toMatchObject({
          status: 'COMPLETE',
          communities: { listed: 8, synced: 8, failed: 0 },
          topics: { baseline: app.communityIds().flatMap((id) => app.topics(id)).length },
        });
        const items = await next.items();
        expectMirrored(items, app);
        expectHistoryReplays(items);
        expect(items.filter(({ itemType }) => itemType === 'community')).toHaveLength(8);
      }),
    );
  });
});

describe('a process that is killed on a night with deletions', () => {
  it.concurrent('at any call, carries them out all the same when it is started again, each once', async () => {
    // Of some 190: a snapshot, the unlisted one, the verdict, that it is queued, four of the deletions.
    await Promise.all(
      [20, 91, 132, 133, 138, 145, 151, 156].map(async (at) => {
        const own = await inNewWorld({ communities: 4, topicsPerCommunity: 3, seed: 7, quirks: false });
        await night(own);
        const { deleted, disbanded } = own.simulator.app().mutate({ deletions: 3, disbandings: 1, seed: 1 });
        const lost = deleted.length + disbanded.flatMap(({ topicIds }) => topicIds).length;
        await killedAt(own, at, NEXT_RUN);
        const next = await afterRestart(own);
        const parts = { ...next.parts, now: () => Date.now() + 16_000 };
        const summary = await runNight({ parts, runId: NEXT_RUN });
        expect({ at, summary }).toMatchObject({
          at,
          summary: { status: 'COMPLETE', communities: { deleted: 1 }, topics: { deleted: lost, missing: 0 } },
        });
        const items = await next.items();
        expectMirrored(items, next.simulator.app());
        expectHistoryReplays(items);
      }),
    );
  });
});

const worlds = new Set<World>();

afterAll(() => Promise.all([...worlds].map((world) => world.close())));

/** A world of the test's own: nights wait most of their time, so they run side by side. */
async function inNewWorld(options: SimulatorOptions): Promise<World> {
  const world = await createWorld(options);
  worlds.add(world);
  return world;
}

/** The same data, and the empty queues of a new process. */
async function afterRestart(world: World): Promise<World> {
  worlds.delete(world);
  const next = await world.dropQueues();
  worlds.add(next);
  return next;
}

/** Communities without topics. */
function emptyOf({ simulator }: World): string[] {
  const states = [...simulator.app().state()].filter(({ supportsTopics }) => supportsTopics);
  return states.filter(({ topics }) => topics.length === 0).map(({ groupId }) => groupId);
}

function night({ parts }: World, options: Partial<NightOptions> = {}) {
  return runNight({ parts, runId: RUN, ...options });
}

/** A night that ends early, once so many communities are done. */
async function abortedAfter(world: World, count: number): Promise<void> {
  const controller = new AbortController();
  const onProgress = (done: number) => {
    if (done >= count) controller.abort(new Error('enough'));
  };
  await expect(night(world, { signal: controller.signal, onProgress, consumers: 1 })).rejects.toThrow(
    'enough',
  );
}

/** A night whose process makes no call any more from some point on. */
async function killedAt({ parts }: World, at: number, runId = RUN): Promise<void> {
  const controller = new AbortController();
  const lifeline = createLifeline({ at, mode: 'after' });
  const dying = {
    ...lifeline,
    around: <T>(name: string, call: () => Promise<T>): Promise<T> =>
      lifeline.around(name, call).catch((error: unknown) => {
        controller.abort(error);
        throw error;
      }),
  };
  const result = await on(dying, () =>
    runNight({ parts, runId, signal: controller.signal }).catch((error: unknown) => error),
  );
  expect(result).toBeInstanceOf(Error);
}

function runOf({ parts }: World, runId: string) {
  return meteredCatalog(parts).catalog.readRun(runId);
}

function topicCalls({ simulator }: World): number {
  return simulator.stats().apps[0]?.apis.get_topic.calls ?? 0;
}
