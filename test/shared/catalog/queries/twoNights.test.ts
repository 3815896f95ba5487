import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runNight } from '../../../../local/night.ts';
import { dayOf } from '../../../../shared/catalog/changes.ts';
import { changeDay, SHARDS } from '../../../../shared/catalog/keys.ts';
import { dayAfter, daysBetween, endOf, startOf } from '../../../../shared/catalog/queries/days.ts';
import {
  type Answer,
  type Queries,
  queriesOf,
  type Resumed,
} from '../../../../shared/catalog/queries/index.ts';
import type { Run } from '../../../../shared/catalog/run.ts';
import { runsOf } from '../../../../shared/catalog/runs.ts';
import { type Item, metered } from '../../../../shared/catalog/store.ts';
import { createUnitMeter, type UnitMeter } from '../../../../shared/catalog/units.ts';
import { stringifyJson } from '../../../../shared/chat/index.ts';
import type { Change, ChangeKind, TopicDetails } from '../../../../shared/sync/snapshot.ts';
import { COUNTERS } from '../../../../shared/sync/split.ts';
import { collect } from '../../../support/collect.ts';
import { itemSize } from '../../../support/itemSize.ts';
import { createWorld, type World } from '../../../support/world.ts';
import { appTopics } from '../../../support/worldCompare.ts';

/** What a topic went through between two looks at the app itself, in the mirror's words. */
interface Difference {
  readonly kind: ChangeKind;
  readonly before?: Item;
  readonly after?: Item;
}

let world: World;
let meter: UnitMeter;
let queries: Queries;
/** Oldest first. */
let runs: (Run & { closedAt: string })[];
/** The app's topics at each night, and what differs on the second, by `group topic`. */
let truth: Record<string, Item>[];
let differences: Map<string, Difference>;
/** The ids that are in such a key: blanks may be in both. */
const ids = new Map<string, { groupId: string; topicId: string }>();

beforeAll(async () => {
  world = await createWorld({ communities: 40, topicsPerCommunity: 6 });
  const app = world.simulator.app();
  truth = [look()];
  await night();
  app.mutate({ edits: 9, deletions: 7, creations: 6, messages: 25, disbandings: 1, newCommunities: 2 });
  truth.push(look());
  await night();
  const { store, app: config } = world.parts;
  runs = (await collect(runsOf(store, config.sdkAppId))).reverse() as typeof runs;
  differences = difference(truth[0] ?? {}, truth[1] ?? {});
  meter = createUnitMeter();
  queries = queriesOf(metered(store, meter), config.sdkAppId);
}, 60_000);

afterAll(() => world.close());

/** The app's topics as they are. */
function look(): Record<string, Item> {
  const app = world.simulator.app();
  for (const { groupId, topics } of app.state())
    for (const { TopicId: topicId } of topics) ids.set(keyOf({ groupId, topicId }), { groupId, topicId });
  return appTopics(app);
}

async function night(): Promise<void> {
  const { status } = await runNight({ parts: world.parts, runId: new Date().toISOString() });
  expect(status).toBe('COMPLETE');
}

function difference(then: Record<string, Item>, now: Record<string, Item>): Map<string, Difference> {
  const found = new Map<string, Difference>();
  for (const key of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const [before, after] = [then[key], now[key]];
    // A community's first answer is a baseline, and no change.
    if (!before && after && isKnown(key, then)) found.set(key, { kind: 'created', after: profileOf(after) });
    if (before && !after) found.set(key, { kind: 'deleted', before });
    if (!before || !after) continue;
    const [was, is] = [profileOf(before), profileOf(after)];
    const names = Object.keys({ ...was, ...is }).filter((name) => !same(was[name], is[name]));
    if (names.length > 0)
      found.set(key, { kind: 'updated', before: pick(was, names), after: pick(is, names) });
  }
  return found;
}

/** Whether a topic's community had topics. */
function isKnown(key: string, then: Record<string, Item>): boolean {
  const { groupId = '' } = ids.get(key) ?? {};
  return Object.keys(then).some((other) => ids.get(other)?.groupId === groupId);
}

/** What people set of a topic. */
function profileOf({ nextMsgSeq: _seq, lastMsgTime: _time, extra, ...fields }: Item): Item {
  const set = Object.entries((extra ?? {}) as Item).filter(
    ([name]) => !(COUNTERS as readonly string[]).includes(name),
  );
  return { ...fields, ...(set.length > 0 && { extra: Object.fromEntries(set) }) };
}

/** Messages that came to each topic that was there, or has come to a community that was, most first. */
function talked(): { key: string; newMessages: number }[] {
  const [then = {}, now = {}] = truth;
  return Object.entries(now)
    .filter(([key]) => then[key] || isKnown(key, then))
    .map(([key, topic]) => {
      const was = then[key] ? then[key]['nextMsgSeq'] : 1;
      const is = topic['nextMsgSeq'];
      return {
        key,
        newMessages: was === undefined || is === undefined ? 0 : Math.max(0, Number(is) - Number(was)),
      };
    })
    .filter(({ newMessages }) => newMessages > 0)
    .sort((a, b) => b.newMessages - a.newMessages || (a.key < b.key ? -1 : 1));
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const pick = (fields: Item, names: readonly string[]): Item =>
  Object.fromEntries(names.filter((name) => name in fields).map((name) => [name, fields[name]]));
const keyOf = ({ groupId, topicId }: { groupId: string; topicId: string }) => `${groupId} ${topicId}`;

/** A change as the truth tells it: numbers of unknown fields by their digits. */
function told({ kind, before, after }: Change): Difference {
  return { kind, ...(before && { before: readable(before) }), ...(after && { after: readable(after) }) };
}

function readable({ extra, ...fields }: TopicDetails): Item {
  const digits = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? `#${context?.source}` : value;
  return { ...fields, ...(extra && { extra: JSON.parse(stringifyJson(extra), digits) }) };
}

/** Read units of a query, and what it answers. */
async function asked<T>(records: AsyncIterable<T>): Promise<{ answer: T[]; units: number }> {
  const before = meter.readUnits;
  const answer = await collect(records);
  return { answer, units: meter.readUnits - before };
}

/** Half a unit for each 4 KB of a shard's entries on a day, by the bytes that the table holds. */
async function unitsOfDays(from: string, to: string): Promise<number> {
  const { sdkAppId } = world.parts.app;
  const entries = (await world.items()).filter(
    ({ itemType, observedAt }) =>
      itemType === 'change' && String(observedAt) >= from && String(observedAt) <= to,
  );
  const partitions = [...daysBetween(dayOf(from), dayOf(to))].flatMap((day) =>
    Array.from({ length: SHARDS }, (_, shard) => changeDay(sdkAppId, day, shard)),
  );
  const sizes = partitions.map((partition) =>
    entries
      .filter((entry) => entry['changeDay'] === partition)
      .reduce((sum, entry) => sum + itemSize(entry), 0),
  );
  return sizes.reduce((units, size) => units + Math.max(1, Math.ceil(size / 4096)) / 2, 0);
}

describe('after two nights with a day of changes between them', () => {
  it('the truth has changes of every kind that such a day can bring', () => {
    const kinds = [...differences.values()].map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['created', 'updated', 'deleted']));
    expect(kinds.filter((kind) => kind === 'updated')).toHaveLength(9);
    expect(talked().length).toBeGreaterThanOrEqual(25);
  });

  it('what changed since the first night ended is what differs in the app', async () => {
    const [first] = runs as [Run & { closedAt: string }];
    const now = new Date().toISOString();
    const { answer, units } = await asked(queries.changesSince({ since: first.closedAt, now }));
    expect(new Map(answer.map((change) => [keyOf(change), told(change)]))).toEqual(differences);
    expect(answer).toHaveLength(differences.size);
    expect(answer.map(({ runId }) => runId)).toEqual(answer.map(() => runs[1]?.runId));
    expect(answer.map(({ observedAt }) => observedAt)).toEqual(
      answer.map((change) => change.observedAt).sort(),
    );
    // The first entry of the ledger, and the changes themselves.
    expect(units).toBe(0.5 + (await unitsOfDays(first.closedAt, endOf(dayOf(now)))));
  });

  it('the changes of the nights are the second one’s differences, by kind: the first is a baseline', async () => {
    const from = startOf(dayOf(runs[0]?.startedAt ?? ''));
    const to = endOf(dayOf(runs[1]?.closedAt ?? ''));
    const expected: Record<string, string[]> = {
      created: [],
      updated: [],
      deleted: [],
    };
    for (const [key, { kind }] of differences) expected[kind]?.push(key);
    for (const [kind, keys] of Object.entries(expected)) {
      const { answer, units } = await asked(
        queries.changesBetween({ from, to, kinds: [kind as ChangeKind] }),
      );
      expect(answer.map(keyOf).sort()).toEqual(keys.sort());
      // A kind that is left out is read all the same; of those no bytes are told, so only the least is known.
      expect(units).toBeGreaterThanOrEqual(SHARDS / 2);
    }
  });

  it('each topic’s history begins with what it was and goes on with what differs', async () => {
    for (const key of new Set([...Object.keys(truth[0] ?? {}), ...differences.keys()])) {
      const { groupId = '', topicId = '' } = ids.get(key) ?? {};
      const { answer, units } = await asked(queries.history({ groupId, topicId }));
      const first = truth[0]?.[key];
      const second = differences.get(key);
      expect(answer.map(told)).toEqual([
        ...(first || !second ? [{ kind: 'created', after: profileOf(first ?? truth[1]?.[key] ?? {}) }] : []),
        ...(second ? [second] : []),
      ]);
      expect(answer[0]?.baseline).toBe(first ? true : undefined);
      // The topic, and its entries.
      expect({ key, units: units <= 1.5 }).toEqual({ key, units: true });
    }
  });

  it('the most active topics of the second are those with the most new messages', async () => {
    const [, second] = runs as [Run, Run & { closedAt: string }];
    const { answer, units } = await asked(queries.activeTopics({ runId: second.runId, limit: 1_000 }));
    expect(answer.map((topic) => ({ key: keyOf(topic), newMessages: topic.newMessages }))).toEqual(talked());
    for (const topic of answer) expect(topic.nextMsgSeq).toBe(truth[1]?.[keyOf(topic)]?.['nextMsgSeq']);
    expect(units).toBe(SHARDS / 2);
    const { answer: top } = await asked(queries.activeTopics({ runId: second.runId, limit: 5 }));
    expect(top).toEqual(answer.slice(0, 5));
  });

  it('the growth of these days is that of the app', async () => {
    const to = dayOf(new Date().toISOString());
    const { answer, units } = await asked(queries.growthByDay({ from: dayAfter(to, -2), to }));
    const sum = (of: (day: (typeof answer)[number]) => number) =>
      answer.reduce((total, day) => total + of(day), 0);
    const count = (wanted: ChangeKind) =>
      [...differences.values()].filter(({ kind }) => kind === wanted).length;
    expect(answer.at(-1)).toMatchObject({
      lastRunId: runs[1]?.runId,
      status: 'COMPLETE',
      communities: world.simulator.app().communityIds().length,
      topics: Object.keys(truth[1] ?? {}).length,
    });
    expect(sum(({ created }) => created)).toBe(count('created'));
    expect(sum(({ deleted }) => deleted)).toBe(count('deleted'));
    expect(sum(({ restored }) => restored)).toBe(0);
    const posted = talked().reduce((total, { newMessages }) => total + newMessages, 0);
    expect(sum(({ messages }) => messages)).toBe(posted);
    // Two entries of the ledger are one read.
    expect(units).toBe(0.5);
  });

  it('the topics by creation, by their last message, and the muted are those of the app', async () => {
    const all = Object.entries(truth[1] ?? {});
    const time = (value: unknown) => (value ? new Date(Number(value) * 1000).toISOString() : undefined);
    const createdAt = ([, topic]: [string, Item]) => time(topic['createTime']);
    const lastActiveAt = ([, topic]: [string, Item]) =>
      time(topic['lastMsgTime']) ?? time(topic['createTime']);
    const [from, before] = ['2024-01-15T00:00:00.000Z', '2025-02-15T00:00:00.000Z'];
    const keys = (entries: [string, Item][]) => entries.map(([key]) => key).sort();
    const isBetween = (at = '') => at >= from && at < before;

    const created = await asked(queries.createdTopics({ from, before }));
    const expected = all.filter((entry) => isBetween(createdAt(entry)));
    expect(expected.length).toBeGreaterThan(10);
    expect(created.answer.map(keyOf).sort()).toEqual(keys(expected));
    expect(created.answer.map(({ profile }) => profile.createTime)).toEqual(
      expected.map(([, topic]) => Number(topic['createTime'])).sort((a, b) => a - b),
    );

    const silent = await asked(queries.silentTopics({ since: before }));
    const quiet = all.filter((entry) => (lastActiveAt(entry) ?? '9') < before);
    expect(quiet.length).toBeGreaterThan(10);
    expect(silent.answer.map(keyOf).sort()).toEqual(keys(quiet));
    const times = silent.answer.map((topic) => topic.lastActiveAt);
    expect(times).toEqual(times.toSorted());

    const muted = await asked(queries.mutedTopics({}));
    const quieted = all.filter(([, topic]) => topic['muteAllMember'] === true);
    expect(quieted.length).toBeGreaterThan(2);
    expect(muted.answer.map(keyOf)).toEqual(keys(quieted));
    // A shard's rosters are a page or two; each topic is read by itself, half a unit for every 4 KB.
    const rosters = muted.units - unitsEach(muted.answer.map(keyOf), await world.items());
    expect(rosters).toBeGreaterThanOrEqual(SHARDS * 0.5);
    expect(rosters).toBeLessThanOrEqual(SHARDS);
  }, 60_000);

  it('all topics and communities are those that are stored, each once, from any cursor on', async () => {
    const items = await world.items();
    const listings: [(resumed: Resumed) => Answer<object>, string][] = [
      [queries.topics, 'topic'],
      [queries.communities, 'community'],
    ];
    for (const [ask, itemType] of listings) {
      const whole = (await asked(ask({}))).answer;
      const stored = items.filter((item) => item['itemType'] === itemType);
      const idsOf = (records: readonly object[]) =>
        records.map((record) => JSON.stringify([(record as Item)['groupId'], (record as Item)['topicId']]));
      expect(idsOf(whole).sort()).toEqual(idsOf(stored).sort());
      const answer = ask({});
      for (let taken = 0; taken < whole.length / 2; taken++) await answer.next();
      const { cursor } = answer;
      await answer.return(undefined);
      expect((await asked(ask({ cursor }))).answer).toEqual(whole.slice(Math.ceil(whole.length / 2)));
    }
  });
});

/** Half a unit for every 4 KB of each topic. */
function unitsEach(keys: readonly string[], items: readonly Item[]): number {
  const wanted = new Set(keys);
  const topics = items.filter((item) => item['itemType'] === 'topic' && wanted.has(keyOf(item as never)));
  return topics.reduce((units, item) => units + Math.max(1, Math.ceil(itemSize(item) / 4096)) / 2, 0);
}
