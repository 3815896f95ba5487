import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HistoryError, topicAsOf, undo } from '../../../cli/export/topicAsOf.ts';
import { topicRecord } from '../../../cli/records.ts';
import { diff } from '../../../shared/sync/diff.ts';
import { type Change, changeOf, type Snapshot } from '../../../shared/sync/snapshot.ts';
import { topicDetails } from '../../arbitraries.ts';
import { GROUP, snapshot } from '../../builders.ts';
import { endOfNight, mirrored, type Seen } from './mirrored.ts';

const nights = fc.array(
  fc.oneof({ weight: 4, arbitrary: topicDetails }, fc.constantFrom<Seen>('absent', 'gone')),
  { minLength: 1, maxLength: 8 },
);

/** What of a topic that has been written since its changes can tell: not its absence, and not its activity. */
function told({ activity: _, ...topic }: Snapshot) {
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
    const { snapshots, history } = mirrored([{}, { topicName: '1' }, { topicName: '2' }, { topicName: '3' }]);
    const now = snapshots.at(-1) as Snapshot;
    expect(topicAsOf(now, history.slice(0, 2), endOfNight(2))).toEqual(
      topicAsOf(now, history, endOfNight(2)),
    );
  });

  it('is not made up when the changes do not lead to the snapshot', () => {
    const { snapshots, history } = mirrored([{ topicName: '1' }, { topicName: '2' }, { topicName: '3' }]);
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

  it('is refused when the topic is not what the change has made of it', () => {
    const renamed = change({ kind: 'updated', before: { topicName: '1' }, after: { topicName: '2' } });
    expect(undo({ topicName: '2' }, renamed)).toEqual({ topicName: '1' });
    expect(() => undo({ topicName: '3' }, renamed)).toThrow(HistoryError);
  });

  it('of a deletion leaves all that the topic had', () => {
    fc.assert(
      fc.property(topicDetails, (profile) => {
        expect(undo(profile, change({ kind: 'deleted', before: profile }))).toEqual(profile);
      }),
    );
  });
});
