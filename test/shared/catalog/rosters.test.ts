import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { activityIn, activityOf, putActivity } from '../../../shared/catalog/activity.ts';
import { activityKey, rosterKey } from '../../../shared/catalog/keys.ts';
import { allRosters, putRoster, readRoster, rosterItem } from '../../../shared/catalog/rosters.ts';
import { fullId, shortId } from '../../../shared/catalog/shortId.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import {
  type ActivityEntry,
  messagesIn,
  nextRoster,
  type Roster,
  type RosterRow,
  type RosterSeen,
} from '../../../shared/sync/roster.ts';
import { defaultTopicId } from '../../../simulator/ids.ts';
import { extras, ids } from '../../arbitraries.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { itemSize } from '../../support/itemSize.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();

function roster(rows: Record<string, Partial<RosterRow>> = { a: {} }, fields: Partial<Roster> = {}): Roster {
  const entries = Object.entries(rows).map(
    ([topicId, row]) => [topicId, { newMessages: 0, ...row }] as const,
  );
  return { groupId: GROUP, observedAt: at(10), runId: RUN_ID, rows: new Map(entries), ...fields };
}

describe('the part of a topic’s id behind its community’s', () => {
  it('tells the whole id, whatever both are', () => {
    const parts = fc.constantFrom('', '@TOPIC#_', '@TOPIC#_@TOPIC#', '=', '#', '=#');
    fc.assert(
      fc.property(ids, fc.boolean(), parts, ids, (groupId, isIn, part, rest) => {
        const topicId = `${isIn ? groupId : ''}${part}${rest}`;
        expect(fullId(groupId, shortId(groupId, topicId))).toBe(topicId);
      }),
    );
  });
});

describe('a stored roster', () => {
  it('is read as it was written, whatever the API sends of each topic', async () => {
    const row = fc.record(
      {
        createTime: fc.nat(),
        nextMsgSeq: fc.maxSafeNat(),
        lastMsgTime: fc.nat(),
        muteAllMember: fc.constant(true as const),
        extra: extras,
        newMessages: fc.nat(),
      },
      { requiredKeys: ['newMessages'], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(
        ids,
        fc.uniqueArray(fc.tuple(ids, row), { selector: ([id]) => id, maxLength: 5 }),
        async (groupId, rows) => {
          const app = table.freshApp();
          const written = roster({}, { groupId, rows: new Map(rows) });
          expect(await putRoster(table.store, app, written, undefined)).toBe(true);
          expect(await readRoster(table.store, app, groupId, { consistent: true })).toEqual(written);
          expect(await collect(allRosters(table.store, app))).toEqual([written]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of twenty topics that all talk takes one write unit, and fewer than 45 bytes a topic', () => {
    const groupId = '@TGS#_@TGS#cQVLVHIM62CJ';
    const row = {
      createTime: 1_690_000_001,
      nextMsgSeq: 12_345,
      lastMsgTime: 1_763_000_001,
      newMessages: 45,
    };
    const of = (count: number) =>
      itemSize(
        rosterItem(
          1_400_000_000,
          roster(
            Object.fromEntries(
              Array.from({ length: count }, (_, nth) => [defaultTopicId(groupId, nth, 1), row]),
            ),
            { groupId },
          ),
        ),
      );
    expect(of(20)).toBeLessThanOrEqual(1024);
    expect((of(200) - of(20)) / 180).toBeLessThan(45);
  });

  it('takes no older one over it, none that was made from another, and its own once more', async () => {
    const app = table.freshApp();
    const [first, second] = [
      roster(),
      roster({ a: { nextMsgSeq: 3, newMessages: 2 } }, { observedAt: at(20), runId: LATER_RUN_ID }),
    ];
    const late = roster({ a: { nextMsgSeq: 2 } }, { observedAt: at(5) });
    const beside = roster({ a: { nextMsgSeq: 9 } }, { observedAt: at(30), runId: LATER_RUN_ID });
    const put = (next: Roster, seen?: Roster) => putRoster(table.store, app, next, seen);
    expect(await put(first)).toBe(true);
    expect(await put(first)).toBe(true);
    expect(await put(late)).toBe(false);
    expect(await put(late, first)).toBe(false);
    expect(await put(second, first)).toBe(true);
    expect(await put(second, first)).toBe(true);
    expect(await put(beside, first)).toBe(false);
    expect(await readRoster(table.store, app, GROUP, { consistent: true })).toEqual(second);
  });

  it('has readable lists in the console, in which each topic has its place', async () => {
    const app = table.freshApp();
    const topicId = `${GROUP}@TOPIC#_general`;
    await putRoster(table.store, app, roster({ [topicId]: { nextMsgSeq: 3, newMessages: 2 } }), undefined);
    expect(await table.item(rosterKey(app, GROUP))).toEqual({
      ...rosterKey(app, GROUP),
      ...{ itemType: 'roster', observedAt: at(10), runId: RUN_ID },
      ...{ topicIds: ['general'], nextMsgSeq: [3], newMessages: [2] },
    });
  });
});

describe('answers whose writers come between each other', () => {
  /** How far a counter had gone since the answer before, which run asked, and in which order writers read and write. */
  const written = fc.record({
    answers: fc.array(fc.record({ grown: fc.nat(3), runId: fc.constantFrom(RUN_ID, LATER_RUN_ID) }), {
      minLength: 2,
      maxLength: 4,
    }),
    turns: fc.array(fc.nat(3), { maxLength: 12 }),
  });

  it('are never older over newer, in whatever order they arrive, and each message is counted once', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ answers, turns }) => {
        const app = table.freshApp();
        const entries = new Map<string, number>();
        const first = nextRoster(undefined, seenWith(5, at(0), RUN_ID, true)) as Roster;
        await putRoster(table.store, app, first, undefined);
        let counter = 5;
        const seen = answers.map(({ grown, runId }, nth) => {
          counter += grown;
          return seenWith(counter, at(10 + nth), runId);
        });
        const order: string[] = [];
        const held = new Map<number, Roster | undefined>();
        const turn = async (nth: number, answer: RosterSeen) => {
          if (!held.has(nth)) {
            held.set(nth, await readRoster(table.store, app, GROUP, { consistent: true }));
            return;
          }
          const stored = held.get(nth);
          held.delete(nth);
          if (!stored || stored.observedAt >= answer.observedAt) return;
          const next = nextRoster(stored, answer) as Roster;
          if (next === stored || !(await putRoster(table.store, app, next, stored))) return;
          entries.set(next.runId, messagesIn(next, next.runId).newMessages);
          order.push(next.observedAt);
        };
        // Who is refused asks anew: the last answer is one that nobody comes between.
        const last = [answers.length, answers.length];
        for (const nth of [...turns.map((nth) => nth % answers.length), ...last])
          await turn(nth, seen[nth] ?? seenWith(counter, at(99), LATER_RUN_ID));

        const stored = await readRoster(table.store, app, GROUP, { consistent: true });
        expect(stored?.rows.get('a')?.nextMsgSeq).toBe(counter);
        expect([...entries.values()].reduce((sum, count) => sum + count, 0)).toBe(counter - 5);
        expect(order).toEqual(order.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  function seenWith(nextMsgSeq: number, observedAt: string, runId: string, isBaseline = false): RosterSeen {
    const topics = [{ topicId: 'a', profile: {}, activity: { nextMsgSeq } }];
    return { groupId: GROUP, runId, observedAt, topics, isBaseline };
  }
});

describe('an activity entry', () => {
  const entry = (fields: Partial<ActivityEntry> = {}): ActivityEntry => ({
    ...{ groupId: GROUP, runId: RUN_ID, observedAt: at(10) },
    topics: [{ topicId: `${GROUP}@TOPIC#_general`, newMessages: 2, nextMsgSeq: 3 }],
    ...fields,
  });

  it('is read by its run, and by its community and some runs, and lives as long as is set', async () => {
    const app = table.freshApp();
    const other = entry({ groupId: '@TGS#_other' });
    const meter = createUnitMeter();
    await putActivity(table.store, app, [{ entry: entry(), meter }, { entry: other }], 400);
    expect(meter.writeUnits).toBe(1);
    expect(await collect(activityOf(table.store, app, RUN_ID))).toEqual(
      expect.arrayContaining([entry(), other]),
    );
    expect(await activityIn(table.store, app, GROUP, [LATER_RUN_ID, RUN_ID])).toEqual([undefined, entry()]);
    const { expiresAt } = (await table.item(activityKey(app, RUN_ID, GROUP))) as { expiresAt: number };
    expect(expiresAt).toBe(Math.floor(Date.parse(at(10)) / 1000) + 400 * 86_400);
  });

  it('is written once, as the newest, by a request that has two of one run and community', async () => {
    const app = table.freshApp();
    const newer = entry({
      observedAt: at(11),
      topics: [{ topicId: `${GROUP}@TOPIC#_general`, newMessages: 4, nextMsgSeq: 5 }],
    });
    await putActivity(table.store, app, [{ entry: newer }, { entry: entry() }], 400);
    expect(await collect(activityOf(table.store, app, RUN_ID))).toEqual([newer]);
  });

  it('is not kept where none is to be', async () => {
    const app = table.freshApp();
    await putActivity(table.store, app, [{ entry: entry() }], 0);
    expect(await collect(activityOf(table.store, app, RUN_ID))).toEqual([]);
  });
});
