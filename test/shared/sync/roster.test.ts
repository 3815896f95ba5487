import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  countersBefore,
  entryOf,
  messagesIn,
  nextRoster,
  type Roster,
  type RosterSeen,
} from '../../../shared/sync/roster.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID, snapshot, splitFields } from '../../builders.ts';

/** An answer in which topics have some counters, by topic id; undefined: the API does not send it. */
function seen(counters: Record<string, number | undefined>, more: Partial<RosterSeen> = {}): RosterSeen {
  const topics = Object.entries(counters).map(([topicId, nextMsgSeq]) => {
    const { profile } = splitFields({ topicId });
    return { topicId, profile, activity: nextMsgSeq === undefined ? {} : { nextMsgSeq, lastMsgTime: 9 } };
  });
  return { groupId: GROUP, runId: RUN_ID, observedAt: at(10), topics, ...more };
}

const first = nextRoster(undefined, seen({ a: 5, b: 1 }, { isBaseline: true })) as Roster;
const tonight = { runId: LATER_RUN_ID, observedAt: at(86_400) };

describe('a roster', () => {
  it('holds of each topic its activity, when it was created and whether everybody is muted', () => {
    const { createTime } = splitFields().profile;
    expect(first.rows.get('a')).toEqual({
      createTime,
      nextMsgSeq: 5,
      lastMsgTime: 9,
      newMessages: 0,
    });
  });

  it('is none of a community without topics, and empty once the last has gone', () => {
    expect(nextRoster(undefined, seen({}))).toBeUndefined();
    expect(nextRoster(first, seen({}, tonight))?.rows.size).toBe(0);
  });

  it('counts no message of a topic that was gone before a roster had it, however often its return is written', () => {
    const { activity: _none, ...tombstone } = snapshot({ topicId: 'c', status: 'deleted' });
    const lastChange = { ...tombstone.lastChange, kind: 'restored', runKind: 'restored' } as const;
    const back = { ...tombstone, status: 'active', lastChange } as const;
    for (const stored of [tombstone, back]) {
      const before = countersBefore(new Map([['c', stored]]));
      const roster = nextRoster(first, seen({ a: 5, c: 413 }, { ...tonight, before }));
      expect(roster?.rows.get('c')?.newMessages).toBe(0);
    }
  });

  it('is the stored one when nothing in it differs', () => {
    expect(nextRoster(first, seen({ b: 1, a: 5 }, tonight))).toBe(first);
  });

  it('tells how many messages came to which topics since the run before', () => {
    const roster = nextRoster(first, seen({ a: 8, b: 1 }, tonight)) as Roster;
    expect(messagesIn(roster, LATER_RUN_ID)).toEqual({ messageTopics: 1, newMessages: 3 });
    expect(entryOf(roster)).toEqual({
      ...{ groupId: GROUP, runId: LATER_RUN_ID, observedAt: at(86_400) },
      topics: [{ topicId: 'a', newMessages: 3, nextMsgSeq: 8 }],
    });
    expect(messagesIn(roster, RUN_ID)).toEqual({ messageTopics: 0, newMessages: 0 });
  });

  it('counts none of a baseline, and all of a topic that is created later', () => {
    expect(entryOf(first)).toBeUndefined();
    const roster = nextRoster(first, seen({ a: 5, b: 1, c: 4 }, tonight)) as Roster;
    expect(entryOf(roster)?.topics).toEqual([{ topicId: 'c', newMessages: 3, nextMsgSeq: 4 }]);
  });

  it('counts of a topic that is back what came since it was deleted', () => {
    const before = new Map([['c', { nextMsgSeq: 90 }]]);
    const roster = nextRoster(first, seen({ a: 5, b: 1, c: 93 }, { ...tonight, before })) as Roster;
    expect(entryOf(roster)?.topics).toEqual([{ topicId: 'c', newMessages: 3, nextMsgSeq: 93 }]);
  });

  it('counts what a late message of an earlier run sees with the later run that has been here', () => {
    const later = nextRoster(first, seen({ a: 8, b: 1 }, tonight)) as Roster;
    const late = nextRoster(later, seen({ a: 9, b: 1 }, { observedAt: at(86_500) })) as Roster;
    expect([late.runId, entryOf(late)?.topics]).toEqual([
      LATER_RUN_ID,
      [{ topicId: 'a', newMessages: 4, nextMsgSeq: 9 }],
    ]);
    expect(messagesIn(late, RUN_ID)).toEqual({ messageTopics: 0, newMessages: 0 });
  });

  it('keeps what a run has counted in a topic that is gone meanwhile, until a later run moves it', () => {
    const talked = nextRoster(first, seen({ a: 8, b: 1 }, tonight)) as Roster;
    const gone = nextRoster(talked, seen({ b: 3 }, { ...tonight, observedAt: at(86_500) })) as Roster;
    expect(entryOf(gone)?.topics.map(({ topicId, newMessages }) => [topicId, newMessages])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
    const later = nextRoster(
      gone,
      seen({ b: 4 }, { runId: '2026-11-24', observedAt: at(200_000) }),
    ) as Roster;
    expect([...later.rows.keys()]).toEqual(['b']);
  });

  it('counts none where a counter went back, or the API does not send it', () => {
    for (const a of [4, undefined])
      expect(entryOf(nextRoster(first, seen({ a, b: 1 }, tonight)) as Roster)).toBeUndefined();
  });
});

/** Counters of the topics in answers of some runs, several of one run in a row; they only grow. */
const nights = fc.array(
  fc.record({
    run: fc.nat(3),
    grown: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(5), { noNullPrototype: true }),
    isTwice: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('night after night, answers written once or twice', () => {
  it('the entries of all runs add up to how far each counter has gone since the topic was first seen', () => {
    fc.assert(
      fc.property(nights, (given) => {
        let stored: Roster | undefined;
        const counters: Record<string, number> = {};
        const beginnings: Record<string, number> = {};
        const entries = new Map<string, ReturnType<typeof entryOf>>();
        const ordered = given.toSorted((a, b) => a.run - b.run);
        for (const [nth, { run, grown, isTwice }] of ordered.entries()) {
          for (const [topicId, by] of Object.entries(grown))
            counters[topicId] = (counters[topicId] ?? 1) + by;
          // A topic of a baseline had its messages before the mirror; one that is created later, since it had none.
          for (const [topicId, now] of Object.entries(counters)) beginnings[topicId] ??= nth === 0 ? now : 1;
          for (let time = 0; time < (isTwice ? 2 : 1); time++) {
            const observedAt = at(100 * nth + time);
            const answer = seen(counters, {
              runId: `run ${run}`,
              observedAt,
              isBaseline: nth === 0 && time === 0,
            });
            stored = nextRoster(stored, answer);
            if (stored) entries.set(stored.runId, entryOf(stored));
          }
        }
        const sums: Record<string, number> = {};
        for (const entry of entries.values())
          for (const { topicId, newMessages } of entry?.topics ?? [])
            sums[topicId] = (sums[topicId] ?? 0) + newMessages;
        for (const [topicId, now] of Object.entries(counters))
          expect({ topicId, sum: sums[topicId] ?? 0 }).toEqual({
            topicId,
            sum: now - (beginnings[topicId] ?? 1),
          });
      }),
    );
  });
});
