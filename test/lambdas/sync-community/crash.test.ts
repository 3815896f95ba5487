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

/** States of the community before the night and on it; undefined: disbanded. */
interface Night {
  readonly name: string;
  readonly before: readonly (Record<string, TopicFields> | undefined)[];
  readonly tonight: Record<string, TopicFields> | undefined;
  /** Calls of a consumer that nothing happens to, at least: a night that makes fewer tests nothing. */
  readonly calls: number;
}

const one = { TopicName: 'one', Introduction: 'as it was' };
const two = { TopicName: 'two', unknownField: { deep: [1, 2, { more: true }] } };
const three = { TopicName: 'three', CustomString: 'x'.repeat(200) };

const nights: readonly Night[] = [
  { name: 'first', before: [], tonight: { a: one, b: two, c: three }, calls: 8 },
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
        const failure = await consume(world, delivery(catalogId, { at, mode })).catch(
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(KilledError);
        if (at % 2 === 0) clock.pass(45_000); // the queue's visibility; an odd one finds the dead writer's lease

        await consume(world, delivery(catalogId));

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
      await consume(world, delivery(catalogId, { at, mode: 'after' })).catch(() => {});
      clock.pass(45_000);
      const again = (at * 5) % (calm.calls.length + 1);
      await consume(world, delivery(catalogId, { at: again, mode: 'before' })).catch(() => {});
      clock.pass(45_000);
      await consume(world, delivery(catalogId));

      const items = await world.itemsOf(catalogId, GROUP);
      expect(essence(items)).toEqual(calm.catalog);
      expectHistoryReplays(items);
    }
  });
});

it('a community that changes again between a crash and its repeat keeps a history that leads to what is stored', async () => {
  const later = { a: { ...one, Introduction: 'once more' }, c: two, f: three };
  for (const mode of ['before', 'after'] as const) {
    for (let at = 0; at < 11; at++) {
      const catalogId = await prepare(nights[1] as Night);
      await consume(world, delivery(catalogId, { at, mode })).catch(() => {});
      clock.pass(45_000);
      setTopics(world, GROUP, later);
      await consume(world, delivery(catalogId));

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
    await consume(world, delivery(catalogId, { at, mode: 'after' })).catch(() => {});
    clock.pass(45_000);
    world.simulator.app().setTopicSupport(GROUP, false);
    await consume(world, delivery(catalogId));
    world.simulator.app().setTopicSupport(GROUP, true);
    clock.pass(45_000);
    await consume(world, delivery(catalogId));
    const items = await world.itemsOf(catalogId, GROUP);
    expect(essence(items)).toEqual(calm.catalog);
    expectHistoryReplays(items);
  }
});

function delivery(catalogId: number, crash?: { at: number; mode: CrashMode }) {
  return {
    catalogId,
    groupId: GROUP,
    clock: clock as Clock,
    runId: NEXT_RUN,
    lifeline: createLifeline(crash),
  };
}

/** A catalog of its own that holds the nights before; the app is then as it is tonight. */
async function prepare({ before, tonight }: Night): Promise<number> {
  const catalogId = ++catalogs;
  for (const state of before) {
    show(state);
    await consume(world, { catalogId, groupId: GROUP, clock, runId: RUN });
  }
  show(tonight);
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
  await consume(world, { ...delivery(catalogId), lifeline });
  return { calls: lifeline.calls, catalog: essence(await world.itemsOf(catalogId, GROUP)) };
}
