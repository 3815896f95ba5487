import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TopicFields } from '../../../shared/chat/types.ts';
import { digestOf as digestOfSplit, sameProfiles } from '../../../shared/sync/digest.ts';
import { countersWith, type SplitTopic, splitTopic } from '../../../shared/sync/split.ts';
import { topicDetails, topicLists } from '../../arbitraries.ts';
import { splitAll, topicFields } from '../../builders.ts';
import { deepFreeze } from '../../support/deepFreeze.ts';

const COUNTERS = countersWith([]);
const profileOf = ({ profile }: SplitTopic) => profile;
const digestOf = (topics: readonly TopicFields[]) => digestOfSplit(splitAll(topics));

describe('digestOf', () => {
  it('stays what it is from release to release: another digest compares every community anew', () => {
    expect(digestOf([])).toBe('U8I05ehHK2rFHBrh.U8I05ehHK2rFHBrh');
    expect(digestOf([topicFields()])).toBe('36_WKcyeYUkUeGn2.nU7W0UrhyCeHr45K');
  });

  it('does not depend on the order of the topics or of their fields', () => {
    fc.assert(
      fc.property(topicLists, (topics) => {
        const turned = [...topics].reverse().map((topic) => {
          const { topicId, ...details } = topic;
          return { ...Object.fromEntries(Object.entries(details).reverse()), topicId };
        });
        expect(digestOf(deepFreeze(turned))).toBe(digestOf(deepFreeze(topics)));
      }),
    );
  });

  it.each([
    ['a field changes', topicFields({ topicName: 'b' })],
    ['a field becomes empty', topicFields({ topicName: '' })],
    ['a counter moves', topicFields({ nextMsgSeq: 2 })],
    ['an unknown field comes', topicFields({ extra: { f: null } })],
    ['the id is another', topicFields({ topicId: 'other' })],
  ])('differs when %s', (_what, topic) => {
    expect(digestOf([topic])).not.toBe(digestOf([topicFields()]));
  });

  it('tells of any two answers whether their profiles are the same, and whether all is', () => {
    const pair = fc.record({
      was: topicDetails,
      is: topicDetails,
      edited: fc.boolean(),
      talked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), (pairs) => {
        const before = pairs.map(({ was }, nth) => splitTopic({ topicId: `topic ${nth}`, ...was }, COUNTERS));
        const after = pairs.map(({ is, edited, talked }, nth) => {
          const topic = before[nth] as SplitTopic;
          const other = splitTopic({ topicId: topic.topicId, ...is }, COUNTERS);
          return {
            ...topic,
            ...(edited && { profile: other.profile }),
            ...(talked && { activity: other.activity }),
          };
        });
        const [one, other] = [digestOfSplit(before), digestOfSplit(after)];
        expect(one === other).toBe(isDeepStrictEqual(before, after));
        expect(sameProfiles(one, other)).toBe(isDeepStrictEqual(before.map(profileOf), after.map(profileOf)));
      }),
    );
  });

  it('has another second half, and no other first, when nothing but counters moved', () => {
    const [before, after] = [topicFields(), topicFields({ nextMsgSeq: 9, lastMsgTime: 1_763_000_000 })];
    expect(digestOf([after])).not.toBe(digestOf([before]));
    expect(sameProfiles(digestOf([after]), digestOf([before]))).toBe(true);
  });

  it('has another first half when a person has changed something, or a topic has come or gone', () => {
    const before = digestOf([topicFields()]);
    const others = [
      [topicFields({ muteAllMember: true })],
      [],
      [topicFields(), topicFields({ topicId: 'b' })],
    ];
    for (const topics of others) expect(sameProfiles(digestOf(topics), before)).toBe(false);
  });

  it('differs when a field is no longer sent', () => {
    const { notification: _, ...topic } = topicFields();
    expect(digestOf([topic])).not.toBe(digestOf([topicFields()]));
  });
});
