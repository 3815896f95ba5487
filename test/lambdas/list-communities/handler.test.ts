import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createListCommunitiesHandler,
  ListingUnfinishedError,
} from '../../../lambdas/list-communities/handler.ts';
import { meteredCatalog } from '../../../lambdas/parts/base.ts';
import type { Parts } from '../../../lambdas/parts/index.ts';
import type { SimulatorOptions } from '../../../simulator/index.ts';
import { createWorld, unpacedChat, type World } from '../../support/world.ts';
import { lambdaContext, RUN } from '../../support/worldEvents.ts';
import { drain, failEntries } from '../../support/worldQueue.ts';

let world: World;

afterEach(() => world.close());

describe('the scheduled function', () => {
  it('lists the communities at one call a second at most and queues each with the ids of the run', async () => {
    await start({ communities: 14, rateLimits: {} });
    await invoke(pagesOf(5, world.pacedParts));
    const { get_appid_group_list: list } = stats();
    expect(list).toMatchObject({ calls: 3, refused: 0, peakPerSecond: 1 });
    const messages = (await drain(world.parts.communitiesQueue)).map((body) => JSON.parse(body) as unknown);
    const expected = groupIds().map((groupId) => ({
      v: 1,
      sdkAppId: world.parts.app.sdkAppId,
      runId: RUN,
      groupId,
      reason: 'listed',
    }));
    expect(messages).toHaveLength(14);
    expect(messages).toEqual(expect.arrayContaining(expected));
  });

  it('wants only communities: groups of other types are not queued', async () => {
    await start({ communities: 20 });
    expect(world.simulator.app().groupIds().length).toBeGreaterThan(20);
    await invoke(world.parts);
    expect(await drained()).toEqual(groupIds().sort());
  });

  it('logs one line with the run, the outcome, the calls and the duration, and charges the ledger', async () => {
    await start({ communities: 3 });
    await invoke(world.parts);
    expect(world.log).toEqual([
      {
        time: expect.any(String),
        level: 'info',
        event: 'communities.listed',
        sdkAppId: world.parts.app.sdkAppId,
        requestId: expect.any(String),
        runId: RUN,
        outcome: 'listed',
        durationMs: expect.any(Number),
        calls: 1,
        retries: 0,
        rateLimited: 0,
      },
    ]);
    expect(await run()).toMatchObject({ listCalls: 1, retries: 0, writeUnits: expect.any(Number) });
  });

  it('takes the run id from the scheduled time, whatever its notation', async () => {
    await start({ communities: 1 });
    await createListCommunitiesHandler(world.parts)(
      { scheduledTime: '2026-11-22T02:00:00Z' },
      lambdaContext(60_000),
    );
    expect(await run()).toMatchObject({ runId: RUN, enumeratedAt: expect.any(String) });
  });

  it('refuses an event without a time, before any call', async () => {
    await start({ communities: 1 });
    const handler = createListCommunitiesHandler(world.parts);
    for (const event of [{}, { scheduledTime: 'soon' }, null]) {
      await expect(handler(event, lambdaContext(60_000))).rejects.toThrow();
    }
    expect(stats().get_appid_group_list.calls).toBe(0);
    expect(world.log.map(({ event }) => event)).toEqual(Array(3).fill('invocation.failed'));
  });

  it('sends again the entries of a batch that come back in Failed, and only those', async () => {
    await start({ communities: 25 });
    const failing = failEntries(world.parts.communitiesQueue, ({ Id }, batch) => batch < 3 && Id === '2');
    await invoke(world.parts);
    expect(failing.batches.sort((a, b) => b - a)).toEqual([10, 10, 5, 1, 1, 1]);
    expect(await drained()).toEqual(groupIds().sort());
    expect(await run()).toHaveProperty('enumeratedAt');
  });

  it('does not advance past a page of which a message was never taken', async () => {
    await start({ communities: 12 });
    const last = groupIds()[11] as string;
    const isFailing = ({ MessageBody = '' }) => MessageBody.includes(last);
    const failing = failEntries(world.parts.communitiesQueue, isFailing, true);
    await expect(invoke(pagesOf(6, world.parts))).rejects.toThrow('the queue refused 1 messages');
    expect(await run()).toMatchObject({ pages: 1, status: 'RUNNING' });
    failing.stop();
    await invoke(pagesOf(6, world.parts));
    expect(await run()).toMatchObject({ pages: 2, listedIds: 12, enumeratedAt: expect.any(String) });
    expect(new Set(await drained())).toEqual(new Set(groupIds()));
  });

  it('throws when its time is over, and the same event goes on where it stopped', async () => {
    await start({ communities: 8 });
    const paged = pagesOf(4, world.parts);
    const slow: Parts = {
      ...paged,
      chat: {
        ...paged.chat,
        listGroups: (request, call) => {
          late += 12_000;
          return paged.chat.listGroups(request, { ...call, deadline: Number.MAX_SAFE_INTEGER });
        },
      },
      now: () => Date.now() + late,
    };
    let late = 0;
    const handler = createListCommunitiesHandler(slow);
    await expect(handler({ scheduledTime: RUN }, lambdaContext(35_000))).rejects.toThrow(
      ListingUnfinishedError,
    );
    expect(await run()).toMatchObject({ pages: 1 });
    await handler({ scheduledTime: RUN }, lambdaContext(35_000));
    expect(await run()).toMatchObject({ pages: 2, listedIds: 8, enumeratedAt: expect.any(String) });
    expect(await drained()).toEqual(groupIds().sort());
  });

  it('wakes close-run as soon as the run is open, so that the run ends whatever becomes of the listing', async () => {
    await start({ communities: 1 });
    await invoke(world.parts);
    await invoke(world.parts);
    const closing = { v: 1, sdkAppId: world.parts.app.sdkAppId, runId: RUN, emptyLooks: 0 };
    expect(closings()).toEqual([closing, closing]);
    expect(stats().get_appid_group_list.calls).toBe(1);
  });

  it('halts a run that no call can serve, with the reason in the ledger, and has it closed', async () => {
    await start({ communities: 3 });
    const chat = unpacedChat(
      world.simulator,
      world.url,
      {},
      { ...world.simulator.defaults, secretKey: 'wrong-key' },
    );
    expect(await invoke({ ...world.parts, chat })).toEqual({ outcome: 'closed', rested: 0 });
    expect(await run()).toMatchObject({
      haltedBy: { code: 70003, message: expect.stringContaining('70003') },
    });
    expect(world.log.map(({ event }) => event)).toContain('run.halted');
    expect(JSON.stringify(world.log)).not.toContain('wrong-key');
    expect(closings()).toHaveLength(1);
  });

  it.each([
    ['10002', { body: '{"ActionStatus":"FAIL","ErrorCode":10002,"ErrorInfo":""}' }],
    ['HTTP 500', { status: 500 }],
    ['a list without Next', { body: '{"ActionStatus":"OK","ErrorCode":0,"TotalCount":1,"GroupIdList":[]}' }],
  ])('throws what may pass (%s), so that the platform delivers the event again', async (_name, answer) => {
    let isBroken = true;
    await start({ communities: 3, intercept: () => (isBroken ? answer : undefined) });
    await expect(invoke(world.parts)).rejects.toThrow('get_appid_group_list');
    expect(await run()).toMatchObject({ status: 'RUNNING', pages: 0, listCalls: 2, retries: 1 });
    expect(await run()).not.toHaveProperty('haltedBy');
    isBroken = false;
    await invoke(world.parts);
    expect(await drained()).toEqual(groupIds().sort());
  });
});

async function start(options: SimulatorOptions): Promise<void> {
  world = await createWorld(options);
}

function invoke(parts: Parts) {
  return createListCommunitiesHandler(parts)({ scheduledTime: RUN }, lambdaContext(900_000));
}

/** The same parts for an app whose pages hold so many communities. */
function pagesOf(size: number, parts: Parts): Parts {
  const { chat } = parts;
  const limited = { ...chat, listGroups: withLimit(size, chat.listGroups) };
  return { ...parts, chat: limited };
}

function withLimit(size: number, listGroups: Parts['chat']['listGroups']): Parts['chat']['listGroups'] {
  return (request, call) => listGroups({ ...request, limit: Math.min(size, request.limit) }, call);
}

function stats() {
  const [app] = world.simulator.stats().apps;
  if (!app) throw new Error('the simulator has no app');
  return app.apis;
}

function groupIds(): string[] {
  return world.simulator.app().communityIds();
}

function run() {
  return meteredCatalog(world.parts).catalog.readRun(RUN);
}

async function drained(): Promise<string[]> {
  const bodies = await drain(world.parts.communitiesQueue);
  return bodies.map((body) => (JSON.parse(body) as { groupId: string }).groupId).sort();
}

/** What will wake close-run: its first look is a second away. */
function closings(): unknown[] {
  const delayed = world.queues.inspectQueue('topic-mirror-closing')?.messages.delayed ?? [];
  return delayed.map(({ body }) => JSON.parse(body) as unknown);
}
