import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../shared/sync/digest.ts';
import { topicLists } from '../../arbitraries.ts';
import { topicFields } from '../../builders.ts';
import { deepFreeze } from '../../support/deepFreeze.ts';

describe('digestOf', () => {
  it('stays what it is from release to release: another digest compares every community anew', () => {
    expect(digestOf([])).toBe('Q1WkaxnTSNwvV8BG-O9j1FOOu5NgAPPJ7pVKJ0YN2GU');
    expect(digestOf([topicFields()])).toBe('l-nHUq2zOAzs-xXusKlbwJW_Rp5Z3XA53-R0BGV-eeA');
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

  it('differs when a field is no longer sent', () => {
    const { notification: _, ...topic } = topicFields();
    expect(digestOf([topic])).not.toBe(digestOf([topicFields()]));
  });
});
