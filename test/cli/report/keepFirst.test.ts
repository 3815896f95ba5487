import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keepFirst } from '../../../cli/report/catalog/keepFirst.ts';

describe('the first of many values', () => {
  it('are those that sorting all of them would put first, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (values, limit) => {
        const first = keepFirst<number>(limit, (a, b) => a - b);
        for (const value of values) first.add(value);
        expect(first.take()).toEqual([...values].sort((a, b) => a - b).slice(0, limit));
        expect(first.seen).toBe(values.length);
      }),
    );
  });
});
