import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { diff } from '../../../shared/sync/diff.ts';
import type { TopicDetails } from '../../../shared/sync/snapshot.ts';
import { topicDetails } from '../../arbitraries.ts';
import { deepFreeze } from '../../support/deepFreeze.ts';

describe('diff', () => {
  it.each<[string, TopicDetails, TopicDetails, ReturnType<typeof diff>]>([
    [
      'sees nothing in equal details',
      { topicName: 'a', createTime: 1 },
      { createTime: 1, topicName: 'a' },
      undefined,
    ],
    [
      'names only the fields that changed',
      { topicName: 'a', introduction: 'i' },
      { topicName: 'b', introduction: 'i' },
      { before: { topicName: 'a' }, after: { topicName: 'b' } },
    ],
    [
      'has a field that is new in `after` alone',
      {},
      { customString: 'x' },
      { before: {}, after: { customString: 'x' } },
    ],
    [
      'has a field that is no longer sent in `before` alone',
      { customString: 'x' },
      {},
      { before: { customString: 'x' }, after: {} },
    ],
    ['tells empty from absent', { notification: '' }, {}, { before: { notification: '' }, after: {} }],
    ['tells zero from absent', {}, { lastMsgTime: 0 }, { before: {}, after: { lastMsgTime: 0 } }],
    [
      'tells false from absent',
      { muteAllMember: false },
      {},
      { before: { muteAllMember: false }, after: {} },
    ],
    [
      'sees no change in the order of an unknown field’s keys',
      { extra: { f: { a: 1, b: 2 } } },
      { extra: { f: { b: 2, a: 1 } } },
      undefined,
    ],
    [
      'sees a change of a large integer’s last digit',
      { extra: { seq: 18446744073709551614n } },
      { extra: { seq: 18446744073709551615n } },
      { before: { extra: { seq: 18446744073709551614n } }, after: { extra: { seq: 18446744073709551615n } } },
    ],
    ['sees unknown fields come', {}, { extra: { f: 1 } }, { before: {}, after: { extra: { f: 1 } } }],
  ])('%s', (_what, before, after, expected) => {
    expect(diff(deepFreeze(before), deepFreeze(after))).toEqual(expected);
  });

  it('says exactly what leads from the one to the other', () => {
    fc.assert(
      fc.property(topicDetails, topicDetails, (before, after) => {
        const difference = diff(deepFreeze(before), deepFreeze(after));
        const gone = new Set(Object.keys(difference?.before ?? {}));
        const kept = Object.entries(before).filter(([name]) => !gone.has(name));
        expect({ ...Object.fromEntries(kept), ...difference?.after }).toEqual(after);
      }),
    );
  });

  it('finds that nothing differs from itself', () => {
    fc.assert(
      fc.property(topicDetails, (details) => {
        expect(diff(details, structuredCloneOf(details))).toBeUndefined();
      }),
    );
  });
});

/** The same details in objects of their own, except numbers kept as their text, which cannot be cloned. */
function structuredCloneOf(details: TopicDetails): TopicDetails {
  return details.extra ? { ...details, extra: { ...details.extra } } : { ...details };
}
