import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isoOf } from '../../../../shared/catalog/isoOf.ts';
import {
  type Answer,
  CursorError,
  queriesOf,
  type Resumed,
} from '../../../../shared/catalog/queries/index.ts';
import { topicsInRosters } from '../../../../shared/catalog/queries/rosterTopics.ts';
import { putRoster, readRoster, rosterItem } from '../../../../shared/catalog/rosters.ts';
import { metered } from '../../../../shared/catalog/store.ts';
import { putSnapshot } from '../../../../shared/catalog/topics.ts';
import { createUnitMeter } from '../../../../shared/catalog/units.ts';
import { nextRoster, type Roster } from '../../../../shared/sync/roster.ts';
import type { Snapshot } from '../../../../shared/sync/snapshot.ts';
import { at, RUN_ID, snapshot } from '../../../builders.ts';
import { collect } from '../../../support/collect.ts';
import { itemSize } from '../../../support/itemSize.ts';
import { useMemoryTable } from '../../../support/memoryTable.ts';

const table = useMemoryTable();
const secondsOf = (time: string) => Date.parse(time) / 1000;

/** When a span of creation may begin. */
const beginnings = fc.constantFrom(
  '2026-09-30T23:59:59.000Z',
  '2026-10-01T00:00:00.000Z',
  at(-3600),
  isoOf(0),
);
/** Few instants in few months, so that many topics share one. */
const times = fc.constantFrom(
  0,
  secondsOf('2019-05-01T00:00:00Z'),
  secondsOf('2026-09-30T23:59:59Z'),
  secondsOf('2026-10-01T00:00:00Z'),
  secondsOf('2026-11-20T12:00:00Z'),
);
const instants = fc.oneof(
  times.map((seconds) => isoOf(seconds + 1)),
  fc.constantFrom(isoOf(0), '2022-01-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z', at(0)),
);
const topics = fc.uniqueArray(
  fc
    .record({
      groupId: fc.constantFrom('g', 'G|', 'g%7C'),
      topicId: fc.string({ unit: fc.constantFrom('a', 'B', '%', '|', '7C'), minLength: 1, maxLength: 3 }),
      status: fc.constantFrom('active', 'active', 'missing', 'deleted'),
      createTime: fc.option(times, { nil: undefined }),
      lastMsgTime: fc.option(times, { nil: undefined }),
      muteAllMember: fc.option(fc.boolean(), { nil: undefined }),
    })
    .map(({ groupId, topicId, status, lastMsgTime, ...fields }) => {
      const profile = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      return snapshot({
        groupId,
        topicId,
        profile,
        activity: lastMsgTime === undefined ? {} : { lastMsgTime },
        status: status as Snapshot['status'],
        ...timesOf(status),
      });
    }),
  { selector: ({ groupId, topicId }) => JSON.stringify([groupId, topicId]), maxLength: 60 },
);

function timesOf(status: string): Partial<Snapshot> {
  if (status === 'missing') return { missingSince: at(1) };
  return status === 'deleted' ? { deletedAt: at(1), deletedCode: 10010 } : {};
}

/** Stores snapshots, and the rosters of their communities. */
async function written(
  snapshots: readonly Snapshot[],
  app = table.freshApp(),
  seconds = 10,
): Promise<number> {
  await Promise.all(snapshots.map((one) => putSnapshot(table.store, app, one)));
  for (const [groupId, all] of Map.groupBy(snapshots, (one) => one.groupId)) {
    const stored = await readRoster(table.store, app, groupId, { consistent: true });
    const topics = all
      .filter(({ status }) => status !== 'deleted')
      .map(({ topicId, profile, activity = {} }) => ({ topicId, profile, activity }));
    const seen = { groupId, runId: RUN_ID, observedAt: at(seconds), topics };
    const roster = nextRoster(stored, seen);
    if (roster && roster !== stored) expect(await putRoster(table.store, app, roster, stored)).toBe(true);
  }
  return app;
}

/** Since when a topic has had no message: of one without any since it was created, or else first seen. */
function lastActiveAtOf({ profile, activity, firstSeenAt }: Snapshot): string {
  const seconds = activity?.lastMsgTime || profile.createTime;
  return seconds ? isoOf(seconds) : firstSeenAt;
}

/** Where it stands among the silent: those of which the API tells no time come first. */
function silentKey({ profile, activity }: Snapshot): string {
  return isoOf(activity?.lastMsgTime || profile.createTime || 0);
}

/** Records in the order of a sort key, then of their ids. */
function inOrder(snapshots: readonly Snapshot[], sortKey: (topic: Snapshot) => string): Snapshot[] {
  const key = (topic: Snapshot) => [sortKey(topic), topic.groupId, topic.topicId];
  return snapshots.toSorted((a, b) => {
    const nth = key(a).findIndex((part, index) => part !== key(b)[index]);
    return nth < 0 || (key(a)[nth] as string) < (key(b)[nth] as string) ? -1 : 1;
  });
}

const createdAtOf = ({ profile }: Snapshot) => (profile.createTime ? isoOf(profile.createTime) : '');
const plain = <T extends Snapshot>({ lastActiveAt: _, ...topic }: T & { lastActiveAt?: string }) => topic;
/** Of a topic without any activity none is told. */
const asTold = ({ activity, ...topic }: Snapshot): Snapshot =>
  activity && (topic.status !== 'deleted' || Object.keys(activity).length > 0)
    ? { ...topic, activity }
    : topic;

/** An answer read whole, and once more in two parts: the second from a cursor. */
async function readTwice<T extends Snapshot>(
  ask: (resumed: Resumed) => Answer<T>,
  taken: number,
): Promise<T[]> {
  const whole = await collect(ask({}));
  const first = ask({});
  const head: T[] = [];
  expect(first.cursor).toBeUndefined();
  for await (const record of first) if (head.push(record) >= taken) break;
  const tail = await collect(ask({ cursor: first.cursor }));
  expect([...head, ...tail]).toEqual(head.length > 0 ? whole : [...head, ...whole]);
  return whole;
}

describe('the topics that the rosters find', () => {
  it('are those that were silent since an instant, the longest silent first', async () => {
    await fc.assert(
      fc.asyncProperty(topics, instants, fc.integer({ min: 1, max: 12 }), async (all, since, taken) => {
        const { silentTopics } = queriesOf(table.store, await written(all));
        const found = await readTwice((resumed) => silentTopics({ since, limit: taken, ...resumed }), taken);
        const silent = all.filter((one) => one.status !== 'deleted' && lastActiveAtOf(one) < since);
        expect(found.map(plain)).toEqual(inOrder(silent, silentKey));
        for (const one of found) expect(one.lastActiveAt).toBe(lastActiveAtOf(one));
      }),
      { numRuns: 15 },
    );
  });

  it('are those that were created from one instant up to another, oldest first', async () => {
    await fc.assert(
      fc.asyncProperty(
        topics,
        beginnings,
        instants,
        fc.integer({ min: 1, max: 12 }),
        async (all, from, before, taken) => {
          const { createdTopics } = queriesOf(table.store, await written(all));
          const found = await readTwice((resumed) => createdTopics({ from, before, ...resumed }), taken);
          const isMeant = (one: Snapshot) =>
            one.status !== 'deleted' && createdAtOf(one) >= from && createdAtOf(one) < before;
          expect(found).toEqual(inOrder(all.filter(isMeant), createdAtOf));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('are those in which everybody is muted, in the order of their ids', async () => {
    await fc.assert(
      fc.asyncProperty(topics, fc.integer({ min: 1, max: 12 }), async (all, taken) => {
        const { mutedTopics } = queriesOf(table.store, await written(all));
        const found = await readTwice((resumed) => mutedTopics({ limit: taken, ...resumed }), taken);
        const muted = all.filter(
          ({ status, profile }) => status !== 'deleted' && profile.muteAllMember === true,
        );
        expect(found).toEqual(inOrder(muted, () => ''));
      }),
      { numRuns: 12 },
    );
  });

  it('are found in several passes as in one, whatever fits into one', async () => {
    await fc.assert(
      fc.asyncProperty(topics, fc.integer({ min: 1, max: 9 }), async (all, pass) => {
        const app = await written(all);
        const sortKey = (_row: object, groupId: string) => groupId;
        const ask = (more: object) => topicsInRosters(table.store, app, { sortKey, ...more }, undefined);
        const whole = await collect(ask({}));
        expect(whole).toHaveLength(all.filter(({ status }) => status !== 'deleted').length);
        expect(await collect(ask({ pass }))).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  it('are all of them and each once, from any cursor, when a community is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(topics, fc.integer({ min: 1, max: 12 }), async (all, taken) => {
        const { topics } = queriesOf(table.store, await written(all));
        // Without stamps only a community by its name can be listed.
        for (const groupId of new Set(all.map((one) => one.groupId))) {
          const found = await readTwice((resumed) => topics({ groupId, ...resumed }), taken);
          const own = all.filter((one) => one.groupId === groupId);
          expect(inOrder(found, () => '')).toEqual(inOrder(own, () => '').map(asTold));
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe('a topic', () => {
  const profile = { createTime: secondsOf(at(-60)), muteAllMember: true };
  const activity = { lastMsgTime: secondsOf(at(-30)) };
  const finding = async (app: number) => {
    const { silentTopics, createdTopics, mutedTopics } = queriesOf(table.store, app);
    const answers = [
      silentTopics({ since: at(0) }),
      createdTopics({ from: at(-60), before: at(0) }),
      mutedTopics({}),
    ];
    return Promise.all(answers.map(async (answer) => (await collect<Snapshot>(answer)).length));
  };

  it('is found while it is missing, not once it is a tombstone, and again when it is back', async () => {
    const app = table.freshApp();
    const put = (seconds: number, fields: Partial<Snapshot>) =>
      written([snapshot({ profile, activity, observedAt: at(seconds), ...fields })], app, seconds);
    await put(1, {});
    expect(await finding(app)).toEqual([1, 1, 1]);
    await put(2, { status: 'missing', missingSince: at(2) });
    expect(await finding(app)).toEqual([1, 1, 1]);
    // A tombstone whose row is still there.
    await putSnapshot(
      table.store,
      app,
      snapshot({ profile, observedAt: at(3), status: 'deleted', deletedAt: at(3), deletedCode: 10010 }),
    );
    expect(await finding(app)).toEqual([0, 0, 0]);
    await put(4, {});
    expect(await finding(app)).toEqual([1, 1, 1]);
  });

  it('is found no more once it has a message, or may be written in again', async () => {
    const app = await written([snapshot({ profile, activity })], table.freshApp(), 5);
    const changed = {
      profile: { ...profile, muteAllMember: false },
      activity: { lastMsgTime: secondsOf(at(5)) },
    };
    await written([snapshot({ ...changed, observedAt: at(6) })], app, 6);
    expect(await finding(app)).toEqual([0, 1, 0]);
  });
});

describe('a cursor', () => {
  it('of another question or app is refused at once', async () => {
    const app = await written([snapshot({ profile: { muteAllMember: true } })]);
    const { mutedTopics, silentTopics, topics } = queriesOf(table.store, app);
    const answer = mutedTopics({});
    await answer.next();
    const { cursor } = answer;
    await answer.return(undefined);
    expect(() => silentTopics({ since: at(0), cursor })).toThrow(CursorError);
    expect(() => queriesOf(table.store, app + 1).mutedTopics({ cursor })).toThrow('of another app');
    const inGroup = topics({ groupId: snapshot().groupId });
    await inGroup.next();
    const other = topics({ groupId: 'another', cursor: inGroup.cursor });
    await inGroup.return(undefined);
    await expect(other.next()).rejects.toThrow('of another community');
  });
});

describe('what the rosters cost to read', () => {
  it('is half a unit a shard for every 4 KB, and half a unit a topic that is wanted', async () => {
    const names = Array.from({ length: 300 }, (_, nth) => `t${nth}`);
    const app = await written(
      names.map((topicId, nth) => snapshot({ topicId, profile: { createTime: secondsOf(at(nth - 400)) } })),
    );
    const meter = createUnitMeter();
    const { createdTopics } = queriesOf(metered(table.store, meter), app);
    const found: string[] = [];
    for await (const { topicId } of createdTopics({ from: at(-3600), before: at(0), limit: 10 }))
      if (found.push(topicId) >= 10) break;
    expect(found).toEqual(names.slice(0, 10));
    // One shard has the one roster, of 300 topics.
    const roster = await readRoster(table.store, app, snapshot().groupId, { consistent: true });
    const pages = Math.ceil(itemSize(rosterItem(app, roster as Roster)) / 4096);
    const rosters = 15 * 0.5 + pages * 0.5;
    // One batch of topics is read ahead, at most.
    expect([rosters + 10 * 0.5, rosters + 20 * 0.5]).toContain(meter.readUnits);
  });
});
