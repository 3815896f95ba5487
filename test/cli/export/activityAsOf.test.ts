import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { activityAsOf } from '../../../cli/export/activityAsOf.ts';
import { topicAsOf } from '../../../cli/export/topicAsOf.ts';
import type { Snapshot, TopicActivity } from '../../../shared/sync/snapshot.ts';
import { endOfNight, type Mirrored, mirrored, runIdOf, type Seen } from './mirrored.ts';

/** A night in the life of a topic: so many messages, or what else befalls it. */
type Night = number | 'absent' | 'gone' | 'back anew';

/** What each night sees of a topic that is lived in. */
function seenOf(nights: readonly Night[]): Seen[] {
  let activity: Required<Pick<TopicActivity, 'nextMsgSeq' | 'lastMsgTime'>> = {
    nextMsgSeq: 1,
    lastMsgTime: 0,
  };
  return nights.map((night, nth) => {
    if (night === 'absent' || night === 'gone') return night;
    if (night === 'back anew') activity = { nextMsgSeq: 1, lastMsgTime: 0 };
    else if (night > 0)
      activity = {
        nextMsgSeq: activity.nextMsgSeq + night,
        lastMsgTime: Math.floor(Date.parse(runIdOf(nth)) / 1000),
      };
    return { topicName: 'News', ...activity };
  });
}

/** The topic as of the end of a night, by what the last one has left. */
function asOf({ snapshots, history, roster, entries }: Mirrored, nth: number) {
  const snapshot = snapshots.at(-1) as Snapshot;
  const [runId, instant] = [runIdOf(nth), endOfNight(nth)];
  const then = topicAsOf(snapshot, history, instant);
  const later = entries
    .filter((entry) => entry.runId > runId)
    .map(({ runId, topics }) => {
      const counts = topics.map(({ topicId, newMessages }) => [topicId, newMessages] as const);
      return [runId, new Map(counts)] as const;
    });
  return then && activityAsOf({ snapshot, history }, then, { runId, instant, roster, later: new Map(later) });
}

const told = (nights: readonly Night[], nth: number) => asOf(mirrored(seenOf(nights)), nth);

describe('a topic’s activity as of an earlier night', () => {
  it('is what it was that night, but for a last message that later ones have hidden', () => {
    const nights = fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.constantFrom<Night>('absent', 'gone')),
      { minLength: 1, maxLength: 9 },
    );
    // Whoever is put back begins to count anew.
    const lives = fc.tuple(nights, fc.option(nights)).map(([first, second]): Night[] => {
      return second ? [...first, 'gone', 'back anew', ...second] : first;
    });
    fc.assert(
      fc.property(lives, (life) => {
        const world = mirrored(seenOf(life));
        if (!world.snapshots.at(-1)) return;
        for (const [nth, snapshot] of world.snapshots.entries()) {
          const found = asOf(world, nth);
          if (!snapshot) continue;
          const { nextMsgSeq, lastMsgTime } = snapshot.activity ?? {};
          expect(found?.activity).toEqual(found?.isTakenBack ? { nextMsgSeq } : { nextMsgSeq, lastMsgTime });
        }
      }),
    );
  });

  it('lacks the messages that came later, and does not say when the last one before them came', () => {
    expect(told([4, 0, 3, 2], 1)).toEqual({ activity: { nextMsgSeq: 5 }, isTakenBack: true });
  });

  it('is what it is now when none came later', () => {
    const { activity, isTakenBack } = told([4, 0, 'absent'], 0) ?? {};
    expect(activity).toMatchObject({ nextMsgSeq: 5 });
    expect(activity?.lastMsgTime).toBeGreaterThan(0);
    expect(isTakenBack).toBe(false);
  });

  it('of a tombstone that has come back is what its deletion kept', () => {
    const { activity, isTakenBack } = told([4, 'gone', 'back anew', 2], 1) ?? {};
    expect(activity).toMatchObject({ nextMsgSeq: 5 });
    expect(activity?.lastMsgTime).toBeGreaterThan(0);
    expect(isTakenBack).toBe(false);
  });

  it('before a deletion is told by what the deletion kept, whatever was counted when the topic was back', () => {
    expect(told([4, 3, 'gone', 'back anew', 2], 0)?.activity).toEqual({ nextMsgSeq: 5 });
  });

  it('is not made up of messages that nobody has counted, or whose count is not kept', () => {
    const world = mirrored(seenOf([4, 3, 2]));
    expect(asOf({ ...world, entries: [] }, 0)).toEqual({ activity: undefined, isTakenBack: true });
    expect(asOf({ ...world, entries: [] }, 2)?.activity).toMatchObject({ nextMsgSeq: 10 });
  });

  it('says nothing of other counters, which move without messages, but of a tombstone’s', () => {
    const held = { topicName: 'News', nextMsgSeq: 5, extra: { Sticker: 'a' } };
    const { history, roster, ...world } = mirrored([held, 'gone', { ...held, nextMsgSeq: 1 }]);
    const counted = history.map((change) =>
      change.kind === 'deleted'
        ? { ...change, before: { ...change.before, extra: { Sticker: 'a', LastMsgSeq: 4 } } }
        : change,
    );
    expect(asOf({ ...world, roster, history: counted }, 0)).toEqual({
      activity: { nextMsgSeq: 5 },
      isTakenBack: true,
    });
    expect(asOf({ ...world, roster, history: counted }, 1)).toEqual({
      activity: { nextMsgSeq: 5, extra: { LastMsgSeq: 4 } },
      isTakenBack: false,
    });
  });
});
