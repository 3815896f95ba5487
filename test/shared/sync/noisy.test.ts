import { describe, expect, it } from '@jest/globals';
import { createNoise, noisyIn, noisyLine } from '../../../shared/sync/noisy.ts';
import type { LastChange, Snapshot, TopicDetails } from '../../../shared/sync/snapshot.ts';
import { RUN_ID, snapshot } from '../../builders.ts';
import { itemSize } from '../../support/itemSize.ts';

/** A topic that a run has updated so. */
function updated(before: TopicDetails, after: TopicDetails, more: Partial<LastChange> = {}): Snapshot {
  const lastChange = { runId: RUN_ID, kind: 'updated', runKind: 'updated', before, after, ...more } as const;
  return snapshot({ lastChange });
}

const scored = (was: number, is: number) => updated({ extra: { Score: was } }, { extra: { Score: is } });

describe('a field of extra', () => {
  it('is counted in topics where it changed and no known field did', () => {
    const renamed = updated(
      { topicName: 'Old', extra: { Score: 1 } },
      { topicName: 'New', extra: { Score: 2 } },
    );
    expect(noisyIn([scored(1, 2), scored(5, 9), renamed, snapshot()], RUN_ID)).toEqual({ Score: 2 });
  });

  it('is counted beside others that changed with it: counters come in pairs', () => {
    const both = updated(
      { extra: { Score: 1, Seen: 1, Kept: 7 } },
      { extra: { Score: 2, Seen: 3, Kept: 7 } },
    );
    expect(noisyIn([both], RUN_ID)).toEqual({ Score: 1, Seen: 1 });
  });

  it('is counted whatever it holds, by its value and not by the order of its keys', () => {
    const moved = updated({ extra: { At: { a: 1, b: [1] } } }, { extra: { At: { a: 1, b: [2] } } });
    const same = updated(
      { extra: { At: { a: 1, b: 2 }, Big: 1n } },
      { extra: { At: { b: 2, a: 1 }, Big: 2n } },
    );
    expect(noisyIn([moved, same], RUN_ID)).toEqual({ At: 1, Big: 1 });
  });

  it.each<[string, Snapshot]>([
    ['that the API has begun to send', updated({ extra: { Kept: 1 } }, { extra: { Kept: 1, Score: 2 } })],
    ['that it no longer sends', updated({ extra: { Score: 2 } }, {})],
    ['of a run before', updated({ extra: { Score: 1 } }, { extra: { Score: 2 } }, { runId: 'before' })],
    [
      'of a topic that is new',
      updated({ extra: { Score: 1 } }, { extra: { Score: 2 } }, { runKind: 'baseline' }),
    ],
    ['that no setting could name', updated({ extra: { 'a,b': 1 } }, { extra: { 'a,b': 2 } })],
  ])('%s is not', (_what, topic) => {
    expect(noisyIn([topic], RUN_ID)).toBeUndefined();
  });

  it('is one of three at most, the most frequent, and of no more names than a stamp has room for', () => {
    const names = ['Aa', 'Bb', 'Cc', 'Dd'];
    const of = (some: string[], value: number) =>
      ({ extra: Object.fromEntries(some.map((name) => [name, value])) }) as TopicDetails;
    const moving = (some: string[]) => updated(of(some, 1), of(some, 2));
    expect(noisyIn([moving(names), moving(['Dd', 'Cc']), moving(['Dd'])], RUN_ID)).toEqual({
      Dd: 3,
      Cc: 2,
      Aa: 1,
    });
    const long = ['A', 'B', 'C'].map((letter) => letter.repeat(40));
    const kept = noisyIn(
      Array.from({ length: 100 }, () => moving(long)),
      RUN_ID,
    );
    expect(kept).toEqual({ ['A'.repeat(40)]: 100 });
    expect(itemSize({ noisy: kept })).toBeLessThan(70);
  });
});

describe('a run', () => {
  const noiseOf = (...stamps: Parameters<ReturnType<typeof createNoise>['add']>[0][]) => {
    const noise = createNoise();
    for (const stamp of stamps) noise.add(stamp);
    return noise;
  };

  it('names fields that so changed in more than half of the updated topics, and in twenty at least', () => {
    const noise = noiseOf({ Score: 15, Seen: 19 }, undefined, { Score: 15 });
    expect(noise.summary(59)).toEqual({ noisyFields: [{ field: 'Score', topics: 30 }] });
    expect(noise.summary(60)).toEqual({});
    expect(noiseOf({ Seen: 19 }).summary(19)).toEqual({});
    expect(noiseOf({ Seen: 20, Score: 20 }, { Score: 1 }).summary(25)).toEqual({
      noisyFields: [
        { field: 'Score', topics: 21 },
        { field: 'Seen', topics: 20 },
      ],
    });
  });

  it('says in a line what to do about it', () => {
    expect(noisyLine({ field: 'Score', topics: 1234 }, 'SETTING')).toBe(
      'extra.Score changed in 1,234 topics without a change of any known field; if it is a counter, add it to SETTING',
    );
  });
});
