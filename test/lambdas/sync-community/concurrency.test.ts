import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { CommunityResult } from '../../../lambdas/sync-community/outcome.ts';
import { CommunityBusyError } from '../../../lambdas/sync-community/outcome.ts';
import type { TopicFields } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { appTopics, essence, expectHistoryReplays, mirroredTopics } from '../../support/worldCompare.ts';
import {
  consume,
  createClock,
  createFastClock,
  type Delivery,
  setTopics,
} from '../../support/worldConsumer.ts';
import { createLifeline, type Lifeline } from '../../support/worldCrash.ts';
import { NEXT_RUN, RUN } from '../../support/worldEvents.ts';

// Long on a slow machine, for many small cases or for waits.
jest.setTimeout(30_000);

const GROUP = '@TGS#_ATWICE';
const one = { TopicName: 'one', Introduction: 'as it was' };
const two = { TopicName: 'two' };
const YESTERDAY = { a: one, b: two, c: one };
const TALKED = { a: { ...one, NextMsgSeq: 6 }, b: { ...two, NextMsgSeq: 3 }, c: one };
const TODAY = {
  a: { ...one, Introduction: 'as it is', NextMsgSeq: 4 },
  b: two,
  d: { ...two, NextMsgSeq: 2 },
};
const LATER = { a: { ...one, NextMsgSeq: 7 }, b: { ...two, Introduction: 'late', NextMsgSeq: 5 }, c: two };

const clock = createClock();
let world: World;
let catalogs = 1_600_000_000;

beforeAll(async () => {
  world = await createWorld({ communities: 1, quirks: false, now: clock.now });
  for (const { TopicId } of world.simulator.app().topics(onlyGroup()))
    world.simulator.app().deleteTopic(onlyGroup(), TopicId);
});

afterAll(() => world.close());

describe('the same message delivered twice at once', () => {
  it.each([
    ['first', undefined, TODAY],
    ['changed', YESTERDAY, TODAY],
    ['talkative', YESTERDAY, TALKED],
    ['unchanged', TODAY, TODAY],
    ['emptied', YESTERDAY, {}],
  ])('mirrors a community as one delivery does, on a %s night', async (_name, before, tonight) => {
    const once = await catalogWith(before);
    setTopics(world, GROUP, tonight);
    await consume(world, { ...once, clock, runId: NEXT_RUN });
    const expected = essence(await world.itemsOf(once.catalogId, GROUP));

    const delays = fc.array(fc.nat(4), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(delays, delays, fc.nat(15), async (first, second, headStart) => {
        const twice = await catalogWith(before);
        setTopics(world, GROUP, tonight);
        const fast = createFastClock(20, clock.now() + 60_000);
        const deliver = (pauses: number[]) =>
          untilDone({ ...twice, clock: fast, runId: NEXT_RUN, lifeline: dawdling(pauses) });
        await Promise.all([deliver(first), wait(headStart).then(() => deliver(second))]);

        const items = await world.itemsOf(twice.catalogId, GROUP);
        expect(essence(items)).toEqual(expected);
        expectHistoryReplays(items);
      }),
      { numRuns: 6 },
    );
  });
});

/** By which snapshots are stored: those of new topics, and those that have changed. */
const SNAPSHOT_WRITES = ['BatchExecuteStatementCommand', 'PutItemCommand'];

describe('a consumer held up at any of its calls', () => {
  it.each([
    ['before it is sent', false],
    ['while its answer is on the way', true],
  ])(
    'never takes a community back once another has mirrored a newer answer (%s)',
    async (_name, carriedOut) => {
      for (let at = 0; ; at++) {
        const { catalogId } = await catalogWith(YESTERDAY);
        const delivered = { catalogId, groupId: GROUP, clock, runId: NEXT_RUN };
        setTopics(world, GROUP, TODAY);
        const slow = heldAt(at, carriedOut);
        const older = consume(world, { ...delivered, lifeline: slow.lifeline });
        const outcome = older.catch((error: unknown) => error);
        const isHeld = await Promise.race([slow.held.then(() => true), outcome.then(() => false)]);
        if (!isHeld) break;
        clock.pass(20_000);
        setTopics(world, GROUP, LATER);
        await consume(world, delivered);
        const newer = trusted(await world.itemsOf(catalogId, GROUP));
        slow.release();
        const result = (await outcome) as CommunityResult | Error;
        if (!carriedOut && SNAPSHOT_WRITES.some((name) => name === slow.name())) {
          // A write that left after its lease had ended is put right by the next delivery: nobody trusts the digest.
          await consume(world, { ...delivered, isRedelivered: true });
          const repaired = await world.itemsOf(catalogId, GROUP);
          expect(mirroredTopics(repaired)).toEqual(appTopics(world.simulator.app()));
          expectHistoryReplays(repaired);
          continue;
        }

        const items = await world.itemsOf(catalogId, GROUP);
        expect({ at, call: slow.name(), catalog: essence(trusted(items).filter(isNoEntry)) }).toEqual({
          at,
          call: slow.name(),
          catalog: essence(newer.filter(isNoEntry)),
        });
        // Its deadline is over too; either way the message comes back, and what it told late of its messages is put right.
        if (result instanceof Error) {
          expect(['CommunityBusyError', 'NoTurnError']).toContain(result.name);
          await consume(world, { ...delivered, isRedelivered: true });
        }
        const last = await world.itemsOf(catalogId, GROUP);
        expect({ at, call: slow.name(), catalog: essence(trusted(last)) }).toEqual({
          at,
          call: slow.name(),
          catalog: essence(newer),
        });
        expectHistoryReplays(items);
        expect(mirroredTopics(items)).toEqual(appTopics(world.simulator.app()));
      }
    },
  );

  it.each(SNAPSHOT_WRITES)(
    'at its first %s leaves no gap in the history of a topic that it created late, beside one that it was refused',
    async (write) => {
      const { catalogId, delivered, slow, older } = await heldUpFor20Seconds(write);
      setTopics(world, GROUP, { ...YESTERDAY, a: { ...one, Introduction: 'later' } });
      await consume(world, delivered);
      slow.release();
      await expect(older()).rejects.toThrow(CommunityBusyError);

      await consume(world, delivered);
      const items = await world.itemsOf(catalogId, GROUP);
      expect(items.filter(({ itemType }) => itemType === 'topic')).toHaveLength(4);
      expectHistoryReplays(items);
    },
  );

  it.each(SNAPSHOT_WRITES)(
    'at its first %s is heard by the writer that is at work meanwhile: nobody trusts the digest',
    async (write) => {
      const { catalogId, delivered, slow, older } = await heldUpFor20Seconds(write);
      setTopics(world, GROUP, LATER);
      const isStamp = (calls: readonly string[]) =>
        calls.at(-1) === 'UpdateItemCommand' && calls.includes('BatchWriteItemCommand');
      const stamping = heldAt(isStamp, false);
      const newer = consume(world, { ...delivered, lifeline: stamping.lifeline });
      await stamping.held;
      slow.release();
      await expect(older()).rejects.toThrow(CommunityBusyError);
      stamping.release();
      expect(await newer).toMatchObject({ outcome: 'synced' });

      await consume(world, { ...delivered, runId: '2026-11-24T02:00:00.000Z' });
      const items = await world.itemsOf(catalogId, GROUP);
      expectHistoryReplays(items);
      expect(mirroredTopics(items)).toEqual(appTopics(world.simulator.app()));
    },
  );

  it('reports a newer answer that is in as good as its own', async () => {
    const { catalogId } = await catalogWith(YESTERDAY);
    setTopics(world, GROUP, TODAY);
    const slow = heldAt(1, true);
    const older = consume(world, { catalogId, groupId: GROUP, clock, lifeline: slow.lifeline });
    await slow.held;
    setTopics(world, GROUP, LATER);
    await consume(world, { catalogId, groupId: GROUP, clock });
    slow.release();
    expect(await older).toEqual({ outcome: 'superseded' });
  });

  it('hands the message back when the other writer is not done before its deadline', async () => {
    const { catalogId } = await catalogWith(YESTERDAY);
    setTopics(world, GROUP, TODAY);
    const slow = heldAt(4, true);
    const writer = consume(world, { catalogId, groupId: GROUP, clock, lifeline: slow.lifeline });
    await slow.held;
    const waiting = consume(world, { catalogId, groupId: GROUP, clock, timeMs: 3_000 });
    await expect(waiting).rejects.toThrow(CommunityBusyError);
    slow.release();
    await expect(writer).resolves.toMatchObject({ outcome: 'synced' });
  });
});

describe('deletions that are carried out while the community is synced', () => {
  it('never take a topic back that a newer answer has shown, wherever their consumer is held up', async () => {
    for (const carriedOut of [false, true]) {
      for (let at = 0; at < 8; at++) {
        const { catalogId } = await catalogWith(YESTERDAY);
        setTopics(world, GROUP, TODAY);
        const delivered = { catalogId, groupId: GROUP, clock };
        await consume(world, { ...delivered, runId: NEXT_RUN });
        const slow = heldAt(at, carriedOut);
        const carryOut = consume(world, {
          ...delivered,
          runId: NEXT_RUN,
          reason: 'confirmed',
          lifeline: slow.lifeline,
        });
        const outcome = carryOut.catch((error: unknown) => error);
        const isHeld = await Promise.race([slow.held.then(() => true), outcome.then(() => false)]);
        if (!isHeld) break;
        clock.pass(20_000);
        setTopics(world, GROUP, YESTERDAY);
        await consume(world, { ...delivered, runId: '2026-11-24T02:00:00.000Z' });
        // A write that leaves so late that its lease has run out meanwhile is what the lease's margin is for.
        if (!carriedOut && slow.name() === 'BatchWriteItemCommand') continue;
        slow.release();
        const result = (await outcome) as CommunityResult | Error;

        if (result instanceof Error) expect(result.name).toBe('CommunityBusyError');
        const items = await world.itemsOf(catalogId, GROUP);
        expect({ at, call: slow.name(), topics: mirroredTopics(items) }).toEqual({
          at,
          call: slow.name(),
          topics: appTopics(world.simulator.app()),
        });
        expectHistoryReplays(items);
      }
    }
  });
});

it('consumers of two nights and an app that changes under them end in what the app says, history and all', async () => {
  const step = fc.record({
    state: fc.constantFrom<Record<string, TopicFields>>(YESTERDAY, TODAY, LATER, {}),
    runId: fc.constantFrom(RUN, NEXT_RUN),
    startMs: fc.nat(25),
    changeMs: fc.nat(40),
    pauses: fc.array(fc.nat(6), { minLength: 30, maxLength: 30 }),
    dies: fc.option(
      fc.record({ at: fc.nat(12), mode: fc.constantFrom('before' as const, 'after' as const) }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
      const { catalogId, groupId } = await catalogWith(undefined);
      const fast = createFastClock(40, clock.now() + 60_000);
      await Promise.all(
        steps.map(async ({ state, runId, startMs, changeMs, pauses, dies }) => {
          void wait(changeMs).then(() => setTopics(world, GROUP, state));
          await wait(startMs);
          const lifeline = dies ? createLifeline(dies) : dawdling(pauses);
          await consume(world, { catalogId, groupId, clock: fast, runId, lifeline }).catch(() => {});
        }),
      );
      await wait(45);
      await untilDone({ catalogId, groupId, clock: fast, runId: NEXT_RUN });

      const items = await world.itemsOf(catalogId, GROUP);
      expect(mirroredTopics(items)).toEqual(appTopics(world.simulator.app()));
      expectHistoryReplays(items);
    }),
    { numRuns: 8 },
  );
});

/** Items without the digest, which a writer that has lost its lease takes away to have everything compared, and its mark. */
function trusted(items: readonly Record<string, unknown>[]) {
  return items.map(({ digest: _, distrusted: _mark, ...item }) => item);
}

/** Whether an item is none that tells of a night's messages. */
function isNoEntry({ itemType }: Record<string, unknown>): boolean {
  return itemType !== 'activity';
}

function onlyGroup(): string {
  return world.simulator.app().communityIds()[0] as string;
}

async function catalogWith(state: Record<string, TopicFields> | undefined) {
  const catalogId = ++catalogs;
  if (state) {
    setTopics(world, GROUP, state);
    await consume(world, { catalogId, groupId: GROUP, clock, runId: RUN });
  }
  return { catalogId, groupId: GROUP };
}

/** A consumer of today's answer whose write is held up for longer than its lease. */
async function heldUpFor20Seconds(write: string) {
  const { catalogId } = await catalogWith(YESTERDAY);
  const delivered = { catalogId, groupId: GROUP, clock, runId: NEXT_RUN };
  setTopics(world, GROUP, TODAY);
  const slow = heldAt(write, false);
  const older = consume(world, { ...delivered, lifeline: slow.lifeline });
  await slow.held;
  clock.pass(20_000);
  return { catalogId, delivered, slow, older: () => older };
}

/** Delivers again while another consumer is at the community, as the queue would. */
async function untilDone(delivery: Delivery): Promise<CommunityResult> {
  for (let delivered = 1; ; delivered++) {
    try {
      return await consume(world, delivery);
    } catch (error) {
      if (!(error instanceof CommunityBusyError) || delivered === 5) throw error;
      await delivery.clock.sleep(1_000);
    }
  }
}

/** Calls take their time, on the way there and on the way back. */
function dawdling(pauses: readonly number[]): Lifeline {
  const calls: string[] = [];
  const pause = () => wait(pauses[calls.length % pauses.length] ?? 0);
  return {
    calls,
    around: async (name, call) => {
      calls.push(name);
      await pause();
      const answer = await call();
      await pause();
      return answer;
    },
  };
}

/** Holds a consumer up at one of its calls, or at all calls of a kind. */
function heldAt(at: number | string | ((calls: readonly string[]) => boolean), carriedOut: boolean) {
  const calls: string[] = [];
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const hold = () => {
    held.resolve();
    return released.promise;
  };
  const lifeline: Lifeline = {
    calls,
    around: async (name, call) => {
      const index = calls.push(name) - 1;
      const isHeld = typeof at === 'function' ? at(calls) : [index, name].includes(at);
      if (isHeld && !carriedOut) await hold();
      const answer = await call();
      if (isHeld && carriedOut) await hold();
      return answer;
    },
  };
  return { lifeline, held: held.promise, release: released.resolve, name: () => calls[Number(at)] };
}
