import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { activityIn, putActivity } from '../../../shared/catalog/activity.ts';
import type { ActivityEntry } from '../../../shared/sync/roster.ts';
import { createWorld, type World } from '../../support/world.ts';
import { consume, createClock, setTopics, topicIdOf } from '../../support/worldConsumer.ts';
import { type CrashMode, createLifeline, type Lifeline } from '../../support/worldCrash.ts';
import { NEXT_RUN, RUN } from '../../support/worldEvents.ts';

const GROUP = '@TGS#_AMESSAGES';
const [A, B] = [topicIdOf(GROUP, 'a'), topicIdOf(GROUP, 'b')];
const LATER_RUN = '2026-11-24T01:00:00.000Z';
const clock = createClock();
let world: World;
let catalogs = 1_500_000_000;

beforeAll(async () => {
  world = await createWorld({ communities: 1, quirks: false, now: clock.now });
});

afterAll(() => world.close());

/** A catalog of its own that holds the first night. */
async function mirrored(): Promise<number> {
  const catalogId = ++catalogs;
  setTopics(world, GROUP, { a: { NextMsgSeq: 10 }, b: { NextMsgSeq: 20 } });
  await consume(world, { catalogId, groupId: GROUP, clock, runId: RUN });
  return catalogId;
}

/** Messages in topic a. */
function post(count: number): void {
  world.simulator.app().postMessages(GROUP, A, count);
}

function next(catalogId: number, crash?: { at: number; mode: CrashMode }) {
  return { catalogId, groupId: GROUP, clock, runId: NEXT_RUN, lifeline: createLifeline(crash) };
}

/** Messages by topic that the entries of the nights tell of. */
async function told(catalogId: number): Promise<Record<string, number>[]> {
  const entries = await activityIn(world.parts.store, catalogId, GROUP, [RUN, NEXT_RUN, LATER_RUN]);
  return entries.map((entry) =>
    Object.fromEntries((entry?.topics ?? []).map(({ topicId, newMessages }) => [topicId, newMessages])),
  );
}

/** The calls of a night with messages that nothing happens to. */
async function callsOf(): Promise<number> {
  const catalogId = await mirrored();
  post(3);
  const calm = next(catalogId);
  await consume(world, calm);
  expect(await told(catalogId)).toEqual([{}, { [A]: 3 }, {}]);
  return calm.lifeline.calls.length;
}

/** Has other work done before a call is sent. */
function heldUpBy(work: () => Promise<void>, at: number): Lifeline {
  const calls: string[] = [];
  return {
    calls,
    around: async (name, call) => {
      if (calls.push(name) - 1 === at) await work();
      return call();
    },
  };
}

it.each<CrashMode>(['before', 'after', 'fails'])(
  'a consumer of messages killed at any call leaves what its message’s next delivery completes (%s)',
  async (mode) => {
    const calls = await callsOf();
    expect(calls).toBeGreaterThanOrEqual(5);
    for (let at = 0; at < calls; at++) {
      const catalogId = await mirrored();
      post(3);
      await consume(world, next(catalogId, { at, mode })).catch(() => {});
      post(2);
      const { messages } = await consume(world, { ...next(catalogId), isRedelivered: true });
      expect({ at, told: await told(catalogId), messages }).toEqual({
        at,
        told: [{}, { [A]: 5 }, {}],
        messages: { messageTopics: 1, newMessages: 5 },
      });
    }
  },
);

it.each<[CrashMode, number]>([
  ['before', 2],
  ['after', 2],
  ['before', 0],
  ['after', 0],
])(
  'what is left of a consumer of messages whose message never comes again is completed by the next night (%s, %i messages later)',
  async (mode, more) => {
    const calls = await callsOf();
    for (let at = 0; at < calls; at++) {
      const catalogId = await mirrored();
      post(3);
      await consume(world, next(catalogId, { at, mode })).catch(() => {});
      post(more);
      await consume(world, { ...next(catalogId), runId: LATER_RUN });
      const [, then = {}, now = {}] = await told(catalogId);
      expect({ at, sum: (then[A] ?? 0) + (now[A] ?? 0), other: [then[B], now[B]] }).toEqual({
        at,
        sum: 3 + more,
        other: [undefined, undefined],
      });
    }
  },
);

it('an entry that comes late over a newer one is made good by the message that comes again, though nothing has changed', async () => {
  const catalogId = await mirrored();
  post(3);
  await consume(world, next(catalogId));
  const [older] = await activityIn(world.parts.store, catalogId, GROUP, [NEXT_RUN]);
  post(2);
  await consume(world, next(catalogId));
  expect(await told(catalogId)).toEqual([{}, { [A]: 5 }, {}]);
  await putActivity(world.parts.store, catalogId, [{ entry: older as ActivityEntry }], 400);
  expect(await told(catalogId)).toEqual([{}, { [A]: 3 }, {}]);
  await consume(world, { ...next(catalogId), isRedelivered: true });
  expect(await told(catalogId)).toEqual([{}, { [A]: 5 }, {}]);
});

it('a consumer that another overtakes at any of its calls counts nothing twice, and forgets nothing', async () => {
  const calls = await callsOf();
  for (let at = 0; at < calls; at++) {
    const catalogId = await mirrored();
    post(3);
    const overtake = async () => {
      post(2);
      await consume(world, next(catalogId));
    };
    await consume(world, { ...next(catalogId), lifeline: heldUpBy(overtake, at) });
    expect({ at, told: await told(catalogId) }).toEqual({ at, told: [{}, { [A]: 5 }, {}] });
    post(1);
    await consume(world, { ...next(catalogId), runId: LATER_RUN });
    expect({ at, told: await told(catalogId) }).toEqual({ at, told: [{}, { [A]: 5 }, { [A]: 1 }] });
  }
});

it('a consumer that another overtakes, and that the API then refuses, leaves the newer entry', async () => {
  const calls = await callsOf();
  const app = world.simulator.app();
  for (let at = 0; at < calls; at++) {
    const catalogId = await mirrored();
    post(3);
    const overtake = async () => {
      post(2);
      await consume(world, next(catalogId));
      app.setTopicSupport(GROUP, false);
    };
    await consume(world, { ...next(catalogId), lifeline: heldUpBy(overtake, at) });
    app.setTopicSupport(GROUP, true);
    expect({ at, told: await told(catalogId) }).toEqual({ at, told: [{}, { [A]: 5 }, {}] });
  }
});

it('messages of a topic that is gone before a roster had it, and back, are not guessed', async () => {
  const app = world.simulator.app();
  const fresh = { TopicId: topicIdOf(GROUP, 'c'), NextMsgSeq: 9 };
  const calm = next(await mirrored());
  app.createTopic(GROUP, fresh);
  await consume(world, calm);
  const at = calm.lifeline.calls.indexOf('PutItemCommand');

  const catalogId = await mirrored();
  app.createTopic(GROUP, fresh);
  await consume(world, next(catalogId, { at, mode: 'before' })).catch(() => clock.pass(45_000));
  app.deleteTopic(GROUP, fresh.TopicId);
  await consume(world, { ...next(catalogId), isRedelivered: true });
  await consume(world, { ...next(catalogId), reason: 'confirmed' });
  post(1);
  await consume(world, { ...next(catalogId), runId: LATER_RUN });
  app.createTopic(GROUP, fresh);
  await consume(world, { ...next(catalogId), runId: LATER_RUN });
  expect(await told(catalogId)).toEqual([{}, {}, { [A]: 1 }]);
});

it('messages of a topic that is back, whoever dies meanwhile, are counted from where its tombstone was', async () => {
  const catalogId = await mirrored();
  post(3);
  await consume(world, next(catalogId));
  const app = world.simulator.app();
  app.deleteTopic(GROUP, A);
  await consume(world, next(catalogId));
  await consume(world, { ...next(catalogId), reason: 'confirmed' });
  // A later run's answer moves the roster, in which the tombstone has no row then.
  app.postMessages(GROUP, B, 1);
  await consume(world, { ...next(catalogId), runId: LATER_RUN });
  app.createTopic(GROUP, { TopicId: A, NextMsgSeq: 15, CreateTime: 1_700_000_000 });
  for (let at = 3; at < 9; at++)
    await consume(world, { ...next(catalogId, { at, mode: 'after' }), runId: LATER_RUN }).catch(() =>
      clock.pass(45_000),
    );
  await consume(world, { ...next(catalogId), runId: LATER_RUN, isRedelivered: true });
  expect(await told(catalogId)).toEqual([{}, { [A]: 3 }, { [A]: 2, [B]: 1 }]);
});
