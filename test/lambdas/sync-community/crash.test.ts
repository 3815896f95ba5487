import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TopicFields } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { essence, expectHistoryReplays } from '../../support/worldCompare.ts';
import { type Clock, consume, createClock, setTopics } from '../../support/worldConsumer.ts';
import { type CrashMode, createLifeline, KilledError } from '../../support/worldCrash.ts';
import { NEXT_RUN, RUN } from '../../support/worldEvents.ts';

// Long on a slow machine, for many small cases or for waits.
jest.setTimeout(30_000);

const GROUP = '@TGS#_ACRASH';
const clock = createClock();
let world: World;
let catalogs = 1_500_000_000;

beforeAll(async () => {
  world = await createWorld({ communities: 1, quirks: false, now: clock.now });
});

afterAll(() => world.close());

/** States of the community before the night and on it; undefined: disbanded, deletions: they are carried out. */
interface Night {
  readonly name: string;
  readonly before: readonly (Record<string, TopicFields> | undefined | 'deletions')[];
  readonly tonight: Record<string, TopicFields> | undefined;
  /** Default listed. Deletions are carried out of what the night's own answer has confirmed. */
  readonly reason?: 'unlisted' | 'confirmed';
  /** Calls of a consumer that nothing happens to, at least: a night that makes fewer tests nothing. */
  readonly calls: number;
}

const one = { TopicName: 'one', Introduction: 'as it was' };
const two = { TopicName: 'two', unknownField: { deep: [1, 2, { more: true }] } };
const three = { TopicName: 'three', CustomString: 'x'.repeat(200) };

const nights: readonly Night[] = [
  { name: 'first', before: [], tonight: { a: one, b: two, c: three }, calls: 6 },
  {
    name: 'changed',
    before: [{ a: one, b: two, c: three, d: one }],
    tonight: { a: { ...one, Introduction: 'as it is' }, b: { ...two, unknownField: 5 }, c: three, e: two },
    calls: 9,
  },
  {
    name: 'night on which a missing topic is back',
    before: [{ a: one, b: two }, { b: two }],
    tonight: { a: { ...one, Introduction: 'elsewhere' }, b: two },
    calls: 7,
  },
  {
    name: 'night of a deletion',
    before: [{ a: one, b: two, c: three }],
    tonight: { b: two },
    calls: 8,
  },
  {
    name: 'night after a deletion that is still held',
    before: [{ a: one, b: two }, { b: two }],
    tonight: { b: two },
    calls: 7,
  },
  {
    name: 'judged',
    before: [{ a: one, b: two, c: three }],
    tonight: { b: two },
    reason: 'confirmed',
    calls: 6,
  },
  {
    name: 'night after the judgement, on which a topic is back',
    before: [{ a: one, b: two }, { b: two }, 'deletions'],
    tonight: { a: one, b: two },
    calls: 6,
  },
  { name: 'disbanded', before: [{ a: one, b: two }], tonight: undefined, reason: 'unlisted', calls: 7 },
  {
    name: 'judged disbanding',
    before: [{ a: one, b: two }],
    tonight: undefined,
    reason: 'confirmed',
    calls: 6,
  },
  { name: 'unchanged', before: [{ a: one, b: two }], tonight: { a: one, b: two }, calls: 3 },
  { name: 'gone', before: [{ a: one, b: two }], tonight: undefined, calls: 7 },
  { name: 'still gone', before: [{ a: one }, undefined], tonight: undefined, calls: 3 },
];

describe.each(nights)('a consumer killed at any call on a $name night', (night) => {
  it.each<CrashMode>(['before', 'after', 'fails'])(
    'leaves what the next delivery completes to the same catalog (%s)',
    async (mode) => {
      const calm = await undisturbed(night);
      expect(calm.calls.length).toBeGreaterThanOrEqual(night.calls);
      for (let at = 0; at < calm.calls.length; at++) {
        const catalogId = await prepare(night);
        const failure = await consume(world, delivery(catalogId, night, { at, mode })).catch(
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(KilledError);
        if (at % 2 === 0) clock.pass(45_000); // the queue's visibility; an odd one finds the dead writer's lease

        await consume(world, delivery(catalogId, night));

        const items = await world.itemsOf(catalogId, GROUP);
        expect({ at, call: calm.calls[at], catalog: essence(items) }).toEqual({
          at,
          call: calm.calls[at],
          catalog: calm.catalog,
        });
        expectHistoryReplays(items);
      }
    },
  );

  it('leaves what a third delivery completes when the second is killed too', async () => {
    const calm = await undisturbed(night);
    for (let at = 2; at < calm.calls.length; at += 2) {
      const catalogId = await prepare(night);
      await consume(world, delivery(catalogId, night, { at, mode: 'after' })).catch(() => {});
      clock.pass(45_000);
      const again = (at * 5) % (calm.calls.length + 1);
      await consume(world, delivery(catalogId, night, { at: again, mode: 'before' })).catch(() => {});
      clock.pass(45_000);
      await consume(world, delivery(catalogId, night));

      const items = await world.itemsOf(catalogId, GROUP);
      expect(essence(items)).toEqual(calm.catalog);
      expectHistoryReplays(items);
    }
  });
});

it.each(nights)(
  'a $name night’s message that comes again once its work is done, and kills its consumer at any call, leaves the community to the next night',
  async (night) => {
    const calm = await undisturbed(night);
    for (let at = 0; at < calm.calls.length; at++) {
      const catalogId = await prepare(night);
      await consume(world, delivery(catalogId, night));
      await consume(world, delivery(catalogId, night, { at, mode: 'after' })).catch(() => {});
      clock.pass(45_000);

      const tomorrow = { catalogId, groupId: GROUP, clock, runId: '2026-11-24T02:00:00.000Z' };
      expect((await consume(world, tomorrow)).failure?.message).toBeUndefined();
      expectHistoryReplays(await world.itemsOf(catalogId, GROUP));
    }
  },
);

it('a community that changes again between a crash and its repeat keeps a history that leads to what is stored', async () => {
  const night = nights[1] as Night;
  const later = { a: { ...one, Introduction: 'once more' }, c: two, f: three };
  for (const mode of ['before', 'after'] as const) {
    for (let at = 0; at < 11; at++) {
      const catalogId = await prepare(night);
      await consume(world, delivery(catalogId, night, { at, mode })).catch(() => {});
      clock.pass(45_000);
      setTopics(world, GROUP, later);
      await consume(world, delivery(catalogId, night));

      const items = await world.itemsOf(catalogId, GROUP);
      expectHistoryReplays(items);
      const active = items.filter((item) => item['itemType'] === 'topic' && item['status'] === 'active');
      expect(active.map((item) => [item['topicName'], item['introduction'] ?? null])).toEqual([
        ['one', 'once more'],
        ['two', null],
        ['three', null],
      ]);
    }
  }
});

it('a repeat that fails with an answer of the API keeps what the killed consumer wrote open until it is complete', async () => {
  const night = nights[1] as Night;
  const calm = await undisturbed(night);
  for (let at = 3; at < calm.calls.length; at++) {
    const catalogId = await prepare(night);
    await consume(world, delivery(catalogId, night, { at, mode: 'after' })).catch(() => {});
    clock.pass(45_000);
    world.simulator.app().setTopicSupport(GROUP, false);
    await consume(world, delivery(catalogId, night));
    world.simulator.app().setTopicSupport(GROUP, true);
    clock.pass(45_000);
    await consume(world, delivery(catalogId, night));
    const items = await world.itemsOf(catalogId, GROUP);
    expect(essence(items)).toEqual(calm.catalog);
    expectHistoryReplays(items);
  }
});

function delivery(catalogId: number, { reason }: Night, crash?: { at: number; mode: CrashMode }) {
  return {
    catalogId,
    groupId: GROUP,
    clock: clock as Clock,
    runId: NEXT_RUN,
    reason: reason ?? ('listed' as const),
    lifeline: createLifeline(crash),
  };
}

/** A catalog of its own that holds the nights before; the app is then as it is tonight. */
async function prepare({ before, tonight, reason }: Night): Promise<number> {
  const catalogId = ++catalogs;
  const delivered = { catalogId, groupId: GROUP, clock };
  for (const state of before) {
    if (state !== 'deletions') show(state);
    const carriedOut = state === 'deletions' ? ({ reason: 'confirmed' } as const) : {};
    await consume(world, { ...delivered, runId: RUN, ...carriedOut });
  }
  show(tonight);
  const asked = { runId: NEXT_RUN, reason: tonight ? ('listed' as const) : ('unlisted' as const) };
  if (reason === 'confirmed') await consume(world, { ...delivered, ...asked });
  return catalogId;
}

function show(state: Record<string, TopicFields> | undefined): void {
  const app = world.simulator.app();
  if (state) setTopics(world, GROUP, state);
  else if (app.communityIds().includes(GROUP)) app.disbandCommunity(GROUP);
}

async function undisturbed(night: Night) {
  const catalogId = await prepare(night);
  const lifeline = createLifeline();
  await consume(world, { ...delivery(catalogId, night), lifeline });
  return { calls: lifeline.calls, catalog: essence(await world.itemsOf(catalogId, GROUP)) };
}
