import { randomUUID } from 'node:crypto';
import { askTopics, inParts } from '../../lambdas/sync-community/askTopics.ts';
import type { CommunityResult } from '../../lambdas/sync-community/outcome.ts';
import { syncCommunity } from '../../lambdas/sync-community/syncCommunity.ts';
import { writeTombstones } from '../../lambdas/sync-community/writeTombstones.ts';
import { putActivity } from '../../shared/catalog/activity.ts';
import { catalogOf } from '../../shared/catalog/index.ts';
import { type Item, metered } from '../../shared/catalog/store.ts';
import { createUnitMeter } from '../../shared/catalog/units.ts';
import { putItems } from '../../shared/catalog/writeItems.ts';
import type { ChatClient } from '../../shared/chat/index.ts';
import { DEFAULT_ACTIVITY_DAYS } from '../../shared/config.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import type { ActivityEntry } from '../../shared/sync/roster.ts';
import { countersWith } from '../../shared/sync/split.ts';
import type { TopicFields } from '../../simulator/index.ts';
import { unpacedChat, type World } from './world.ts';
import { chatWithLifelines, createLifeline, type Lifeline, on } from './worldCrash.ts';
import { RUN } from './worldEvents.ts';

/** A clock that the tests set. Each look at it takes a millisecond, so that no two requests have the same time. */
export interface Clock {
  now(): number;
  pass(ms: number): void;
  sleep(ms: number): Promise<void>;
}

export function createClock(start = Date.parse(RUN)): Clock {
  let time = start;
  return {
    now: () => time++,
    pass: (ms) => {
      time += ms;
    },
    sleep: async (ms) => {
      time += ms;
      // Lets others work, as a real wait would.
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

/** A clock that runs some times as fast as the real one, for consumers that really run at the same time. */
export function createFastClock(speed: number, start = Date.parse(RUN)): Clock {
  const began = performance.now();
  return {
    now: () => Math.floor(start + (performance.now() - began) * speed),
    pass: () => {
      throw new Error('this clock cannot be set');
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / speed)),
  };
}

export interface Delivery {
  /** Stands for the app's id in the table, so that each case has a catalog of its own. */
  readonly catalogId: number;
  readonly groupId: string;
  readonly clock: Clock;
  readonly runId?: string;
  /** Default listed. */
  readonly reason?: CommunityMessage['reason'];
  readonly lifeline?: Lifeline;
  /** Consumers have 30 s, of which 10 are kept back. */
  readonly timeMs?: number;
  /** An earlier delivery of the message has begun. */
  readonly isRedelivered?: boolean;
}

const chats = new WeakMap<Clock, ChatClient>();

function chatUnder({ simulator, url }: World, clock: Clock): ChatClient {
  const chat = chats.get(clock) ?? chatWithLifelines(unpacedChat(simulator, url, { now: clock.now }));
  chats.set(clock, chat);
  return chat;
}

/** Has a new consumer sync one community under a clock of the test's. */
export function consume(world: World, delivery: Delivery): Promise<CommunityResult> {
  const { catalogId, groupId, clock, runId = RUN, lifeline = createLifeline(), timeMs = 20_000 } = delivery;
  const { reason = 'listed', isRedelivered } = delivery;
  const units = createUnitMeter();
  const calls = { calls: 0, retries: 0, rateLimited: 0 };
  const chat = chatUnder(world, clock);
  const deadline = clock.now() + timeMs;
  const parts = {
    catalog: catalogOf(metered(world.parts.store, units), catalogId),
    askTopics: (id: string) => askTopics(chat, id, { deadline, meter: calls }),
    askById: (id: string, topicIds: readonly string[]) =>
      inParts(chat, id, topicIds, { deadline, meter: calls }),
    now: clock.now,
    sleep: clock.sleep,
    deadline,
    writer: randomUUID(),
    calls,
    units,
    counters: countersWith([]),
    putEntry: (entry: ActivityEntry) =>
      putActivity(world.parts.store, catalogId, [{ entry, meter: units }], DEFAULT_ACTIVITY_DAYS),
    ...(isRedelivered !== undefined && { isRedelivered }),
  };
  const work = reason === 'confirmed' ? writeTombstones : syncCommunity;
  const judged = reason === 'confirmed' ? { judgedAt: new Date(clock.now()).toISOString() } : {};
  return on(lifeline, () => work(parts, { v: 1, sdkAppId: catalogId, runId, groupId, reason, ...judged }));
}

/** Stores items of one catalog as another's. */
export function copyItems({ parts }: World, items: readonly Item[], catalogId: number): Promise<void> {
  const own = (value: unknown) =>
    typeof value === 'string' ? value.replace(OF_CATALOG, `${catalogId}|`) : value;
  const moved = items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, own(value)])),
  );
  return putItems(parts.store, moved as unknown as Item[]);
}

/** What the keys of a catalog's items, those of indexes too, begin with. */
const OF_CATALOG = /^[1-9]\d{9}\|/;

/** A topic without what earlier calls may have set. */
const PLAIN = {
  ...{ Introduction: null, CustomString: null, unknownField: null },
  ...{ CreateTime: 1_700_000_000, NextMsgSeq: 1 },
};

/** Makes a community have exactly these topics, by name; each has a text that tells its versions apart. */
export function setTopics({ simulator }: World, groupId: string, topics: Record<string, TopicFields>): void {
  const app = simulator.app();
  if (!app.communityIds().includes(groupId)) app.createCommunity({ groupId });
  for (const { TopicId } of app.topics(groupId)) {
    if (!(nameOf(TopicId) in topics)) app.deleteTopic(groupId, TopicId);
  }
  const there = new Set(app.topics(groupId).map(({ TopicId }) => TopicId));
  for (const [name, fields] of Object.entries(topics)) {
    const TopicId = topicIdOf(groupId, name);
    const all = { ...PLAIN, ...fields };
    if (there.has(TopicId)) app.editTopic(groupId, TopicId, all);
    else app.createTopic(groupId, { TopicId, ...all });
  }
}

export function topicIdOf(groupId: string, name: string): string {
  return `${groupId}@TOPIC#_${name}`;
}

function nameOf(topicId: string): string {
  return topicId.slice(topicId.indexOf('@TOPIC#_') + '@TOPIC#_'.length);
}
