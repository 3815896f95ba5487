import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COUNTERS, countersWith, joinDetails, splitTopic } from '../../../shared/sync/split.ts';
import { topicDetails } from '../../arbitraries.ts';
import { topicFields } from '../../builders.ts';

const counters = fc
  .array(fc.oneof(fc.string(), fc.constantFrom('f', '__proto__', ...COUNTERS)))
  .map(countersWith);

describe('a topic of an answer', () => {
  it('is its two halves, whatever counts as a counter', () => {
    fc.assert(
      fc.property(topicDetails, counters, (details, names) => {
        const { topicId, profile, activity } = splitTopic({ topicId: 't', ...details }, names);
        expect(topicId).toBe('t');
        expect(joinDetails(profile, activity)).toEqual(details);
        expect(Object.keys(profile.extra ?? {}).filter((name) => names.has(name))).toEqual([]);
        expect(Object.keys(activity.extra ?? {}).filter((name) => !names.has(name))).toEqual([]);
      }),
    );
  });

  it('has in its profile what people set, and in its activity what talking moves', () => {
    const extra = { LastMsgSeq: 8, Level: 'gold', Visits: 3 };
    const { profile, activity } = splitTopic(topicFields({ extra }), countersWith(['Visits']));
    expect(activity).toEqual({ nextMsgSeq: 1, lastMsgTime: 0, extra: { LastMsgSeq: 8, Visits: 3 } });
    expect(profile).toMatchObject({
      topicName: 'Announcements',
      muteAllMember: false,
      extra: { Level: 'gold' },
    });
    expect(profile).not.toHaveProperty('nextMsgSeq');
  });
});
