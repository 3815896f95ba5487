import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HistoryError, topicAsOf, undo } from '../../../cli/export/topicAsOf.ts';
import { topicRecord } from '../../../cli/records.ts';
import { CODES } from '../../../shared/chat/codes.ts';
import { diff } from '../../../shared/sync/diff.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import { type Change, changeOf, type Snapshot, type TopicDetails } from '../../../shared/sync/snapshot.ts';
import { planTombstones } from '../../../shared/sync/tombstone.ts';
import { topicDetails } from '../../arbitraries.ts';
import { at, GROUP, observation, snapshot } from '../../builders.ts';

const TOPIC = 'a';
const NIGHT = 86_400;

/** What a night sees of the topic: its details, nothing, nothing and the word that it is gone. */
type Seen = TopicDetails | 'absent' | 'gone';

const nights = fc.array(
  fc.oneof({ weight: 4, arbitrary: topicDetails }, fc.constantFrom<Seen>('absent', 'gone')),
  { minLength: 1, maxLength: 8 },
);

/** The topic after each night, by the product's own rules; undefined before the first that shows it. */
function mirrored(seen: readonly Seen[]): { snapshots: (Snapshot | undefined)[]; history: Change[] } {
  const snapshots: (Snapshot | undefined)[] = [];
  const history: Change[] = [];
  let stored: Snapshot | undefined;
  const keep = (planned: readonly Snapshot[], changes: readonly Change[]) => {
    stored = planned[0] ?? stored;
    history.unshift(...changes);
  };
  for (const [nth, what] of seen.entries()) {
    const [runId, askedAt] = [at(nth * NIGHT), at(nth * NIGHT + 10)];
    const topics = typeof what === 'string' ? [] : [{ topicId: TOPIC, ...what }];
    const failures = what === 'gone' ? [{ topicId: TOPIC, code: CODES.topicDeleted, info: '' }] : [];
    const confirmation = { observedAt: at(nth * NIGHT + 11), topics: [], failures, otherwise: 'not shown' };
    const answer = observation({ runId, observedAt: askedAt, topics });
    const plan = planCommunity(stored ? [stored] : [], answer, confirmation);
    keep(plan.snapshots, plan.changes);
    const judged = { runId, judgedAt: at(nth * NIGHT + 20), lastSyncedAt: askedAt };
    const carriedOut = planTombstones(stored ? [stored] : [], judged);
    keep(carriedOut.snapshots, carriedOut.changes);
    snapshots.push(stored);
  }
  return { snapshots, history };
}

const endOfNight = (nth: number) => at(nth * NIGHT + 30);

/** What of a topic that has been written since can be told: not its absence. */
function told(topic: Snapshot) {
  const { missingSince: _1, deletedAt: _2, deletedCode: _3, status, ...record } = topicRecord(topic);
  return { ...record, status: status === 'missing' ? 'active' : status };
}

describe('a topic as of an earlier night', () => {
  it('is what it was that night, whatever has become of it since', () => {
    fc.assert(
      fc.property(nights, (seen) => {
        const { snapshots, history } = mirrored(seen);
        const now = snapshots.at(-1);
        if (!now) return;
        for (const [nth, then] of snapshots.entries()) {
          const found = topicAsOf(now, history, endOfNight(nth));
          expect(found && told(found)).toEqual(then && told(then));
          if (now.observedAt <= endOfNight(nth)) expect(found).toBe(now);
        }
      }),
    );
  });

  it('is missing if nothing but that has befallen it before the night, and what is told of it since is its end', () => {
    const shown = { topicName: 'News' };
    const { snapshots, history } = mirrored([shown, 'absent', 'absent', 'gone']);
    const now = snapshots.at(-1) as Snapshot;
    const records = [0, 1, 2, 3]
      .map((nth) => topicAsOf(now, history, endOfNight(nth)) as Snapshot)
      .map(topicRecord);
    expect(records).toEqual(snapshots.map((one) => topicRecord(one as Snapshot)));
    expect(records.map(({ status }) => status)).toEqual(['active', 'missing', 'missing', 'deleted']);
  });

  it('was active if it is missing only since', () => {
    const { snapshots, history } = mirrored([{ topicName: 'News' }, {}, 'absent']);
    const now = snapshots.at(-1) as Snapshot;
    const then = topicAsOf(now, history, endOfNight(1)) as Snapshot;
    expect(topicRecord(then)).toEqual(topicRecord(snapshots[1] as Snapshot));
    expect(topicRecord(then)).not.toHaveProperty('missingSince');
  });

  it('was deleted, and when is forgotten, if it has come back since', () => {
    const { snapshots, history } = mirrored([{ topicName: 'News' }, 'gone', { topicName: 'Old news' }]);
    const then = topicAsOf(snapshots.at(-1) as Snapshot, history, endOfNight(1)) as Snapshot;
    expect(topicRecord(then)).toMatchObject({ status: 'deleted', topicName: 'News' });
    expect(topicRecord(then)).not.toHaveProperty('deletedAt');
  });

  it('needs of its history no more than the later changes and the one before them', () => {
    const { snapshots, history } = mirrored([{}, { nextMsgSeq: 1 }, { nextMsgSeq: 2 }, { nextMsgSeq: 3 }]);
    const now = snapshots.at(-1) as Snapshot;
    expect(topicAsOf(now, history.slice(0, 2), endOfNight(2))).toEqual(
      topicAsOf(now, history, endOfNight(2)),
    );
  });

  it('is not made up when the changes do not lead to the snapshot', () => {
    const { snapshots, history } = mirrored([{ nextMsgSeq: 1 }, { nextMsgSeq: 2 }, { nextMsgSeq: 3 }]);
    const now = snapshots.at(-1) as Snapshot;
    expect(() => topicAsOf(now, history.slice(1), endOfNight(0))).toThrow(HistoryError);
    expect(() => topicAsOf(now, [], endOfNight(0))).toThrow(HistoryError);
  });
});

describe('undoing a change', () => {
  const change = (fields: Partial<Change>): Change => ({
    ...changeOf(snapshot()),
    groupId: GROUP,
    ...fields,
  });

  it('gives what was there before it', () => {
    fc.assert(
      fc.property(topicDetails, topicDetails, (before, after) => {
        const difference = diff(before, after);
        const restored = change({ kind: 'updated', ...difference });
        expect(undo(after, restored)).toEqual(before);
      }),
    );
  });

  it('of a deletion leaves all that the topic had', () => {
    fc.assert(
      fc.property(topicDetails, (details) => {
        expect(undo(details, change({ kind: 'deleted', before: details }))).toEqual(details);
      }),
    );
  });
});
