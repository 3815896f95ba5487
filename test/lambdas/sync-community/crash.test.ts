import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { activityIn } from '../../../shared/catalog/activity.ts';
import type { Item } from '../../../shared/catalog/store.ts';
import type { TopicFields } from '../../../simulator/index.ts';
import { createWorld, type World } from '../../support/world.ts';
import { appTopics, essence, expectHistoryReplays, mirroredTopics } from '../../support/worldCompare.ts';
import { type Clock, consume, copyItems, createClock, setTopics } from '../../support/worldConsumer.ts';
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

/** The topic once so many messages have come, from the first one on. */
function talked(fields: TopicFields, NextMsgSeq: number): TopicFields {
  return { ...fields, NextMsgSeq };
}

const nights: readonly Night[] = [
  { name: 'first night', before: [], tonight: { a: talked(one, 7), b: two, c: three }, calls: 6 },
  {
    name: 'changed night',
    before: [{ a: talked(one, 3), b: two, c: three, d: one }],
    tonight: {
      a: talked({ ...one, Introduction: 'as it is' }, 9),
      b: { ...two, unknownField: 5 },
      c: talked(three, 4),
      e: talked(two, 2),
    },
    calls: 11,
  },
  {
    name: 'night with messages alone',
    before: [{ a: talked(one, 3), b: two }],
    tonight: { a: talked(one, 9), b: talked(two, 4) },
    calls: 6,
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
    tonight: { b: talked(two, 6) },
    calls: 10,
  },
  {
    name: 'night after a deletion that is still held',
    before: [{ a: one, b: two }, { b: two }],
    tonight: { b: two },
    calls: 7,
  },
  {
    name: 'judged night',
    before: [{ a: one, b: two, c: three }],
    tonight: { b: two },
    reason: 'confirmed',
    calls: 6,
  },
  {
    name: 'night after the judgement, on which a topic is back',
    before: [{ a: talked(one, 3), b: two }, { b: two }, 'deletions'],
    tonight: { a: talked(one, 5), b: talked(two, 2) },
    calls: 8,
  },
  { name: 'disbanded night', before: [{ a: one, b: two }], tonight: undefined, reason: 'unlisted', calls: 7 },
  {
    name: 'night of a judged disbanding',
    before: [{ a: one, b: two }],
    tonight: undefined,
    reason: 'confirmed',
    calls: 6,
  },
  { name: 'unchanged night', before: [{ a: one, b: two }], tonight: { a: one, b: two }, calls: 3 },
  { name: 'gone night', before: [{ a: one, b: two }], tonight: undefined, calls: 7 },
  { name: 'still gone night', before: [{ a: one }, undefined], tonight: undefined, calls: 3 },
];

describe.each(nights)('a consumer killed at any call on a $name', (night) => {
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

        await consume(world, again(catalogId, night));

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
      const second = (at * 5) % (calm.calls.length + 1);
      await consume(world, again(catalogId, night, { at: second, mode: 'before' })).catch(() => {});
      clock.pass(45_000);
      await consume(world, again(catalogId, night));

      const items = await world.itemsOf(catalogId, GROUP);
      expect(essence(items)).toEqual(calm.catalog);
      expectHistoryReplays(items);
    }
  });
});

it.each(nights)(
  'a $name’s message that comes again once its work is done, and kills its consumer at any call, leaves the community to the next night',
  async (night) => {
    const calm = await undisturbed(night);
    for (let at = 0; at < calm.calls.length; at++) {
      const catalogId = await prepare(night);
      await consume(world, delivery(catalogId, night));
      await consume(world, again(catalogId, night, { at, mode: 'after' })).catch(() => {});
      clock.pass(45_000);

      expect((await consume(world, tomorrow(catalogId))).failure?.message).toBeUndefined();
      expectHistoryReplays(await world.itemsOf(catalogId, GROUP));
      expect(await messagesIn(catalogId)).toEqual(calm.messages);
    }
  },
);

it.each(nights.filter(({ tonight, reason }) => tonight && !reason))(
  'a $name’s message that never comes again once its consumer was killed leaves what the next night completes',
  async (night) => {
    const calm = await undisturbed(night);
    for (const mode of ['before', 'after'] as const) {
      for (let at = 0; at < calm.calls.length; at++) {
        const catalogId = await prepare(night);
        await consume(world, delivery(catalogId, night, { at, mode })).catch(() => {});
        clock.pass(86_400_000);
        await consume(world, tomorrow(catalogId));

        const items = await world.itemsOf(catalogId, GROUP);
        expectHistoryReplays(items);
        expect({ at, topics: mirroredTopics(items) }).toEqual({ at, topics: topicsOfApp() });
        expect({ at, messages: await messagesIn(catalogId) }).toEqual({ at, messages: calm.messages });
      }
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
      await consume(world, again(catalogId, night));

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
    await consume(world, again(catalogId, night));
    world.simulator.app().setTopicSupport(GROUP, true);
    clock.pass(45_000);
    await consume(world, again(catalogId, night));
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

/** The same message, delivered once more. */
function again(catalogId: number, night: Night, crash?: { at: number; mode: CrashMode }) {
  return { ...delivery(catalogId, night, crash), isRedelivered: true };
}

const TOMORROW = '2026-11-24T02:00:00.000Z';

function tomorrow(catalogId: number) {
  return { catalogId, groupId: GROUP, clock, runId: TOMORROW };
}

/** Messages by topic, over the entries of all nights. */
async function messagesIn(catalogId: number): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const entry of await activityIn(world.parts.store, catalogId, GROUP, [RUN, NEXT_RUN, TOMORROW]))
    for (const { topicId, newMessages } of entry?.topics ?? [])
      sums[topicId] = (sums[topicId] ?? 0) + newMessages;
  return sums;
}

function topicsOfApp() {
  const app = world.simulator.app();
  const states = [...app.state()].filter(({ groupId }) => groupId === GROUP);
  return appTopics({ ...app, state: () => states });
}

/** A catalog of its own that holds the nights before; the app is then as it is tonight. */
async function prepare(night: Night): Promise<number> {
  prepared.set(night, prepared.get(night) ?? (await nightsBefore(night)));
  show(night.tonight);
  const catalogId = ++catalogs;
  await copyItems(world, prepared.get(night) ?? [], catalogId);
  return catalogId;
}

/** What the nights before have mirrored: once, since hundreds of cases begin with it. */
const prepared = new Map<Night, Item[]>();

async function nightsBefore({ before, tonight, reason }: Night): Promise<Item[]> {
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
  return world.itemsOf(catalogId, GROUP);
}

function show(state: Record<string, TopicFields> | undefined): void {
  const app = world.simulator.app();
  if (state) setTopics(world, GROUP, state);
  else if (app.communityIds().includes(GROUP)) app.disbandCommunity(GROUP);
}

/** The night as it goes when nothing happens to its consumer: once, too. */
function undisturbed(night: Night): Promise<Calm> {
  const calm = calms.get(night) ?? goThrough(night);
  calms.set(night, calm);
  return calm;
}

interface Calm {
  readonly calls: readonly string[];
  readonly catalog: unknown;
  readonly messages: Readonly<Record<string, number>>;
}

const calms = new Map<Night, Promise<Calm>>();

async function goThrough(night: Night): Promise<Calm> {
  const catalogId = await prepare(night);
  const lifeline = createLifeline();
  await consume(world, { ...delivery(catalogId, night), lifeline });
  const catalog = essence(await world.itemsOf(catalogId, GROUP));
  return { calls: lifeline.calls, catalog, messages: await messagesIn(catalogId) };
}
