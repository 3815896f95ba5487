import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batchesOf } from '../../infra/batches.ts';

describe('the consumers’ batches', () => {
  it.each([
    ['the usual budget', 195, 10, 39],
    ['more consumers', 195, 40, 10],
    ['few consumers', 195, 2, 50],
    ['a small budget', 5, 10, 1],
  ])('by %s', (_what, rate, consumers, batchSize) => {
    expect(batchesOf(rate, consumers)).toMatchObject({ batchSize });
  });

  it('of more than ten messages are waited for, as SQS demands, and those of ten or fewer are not', () => {
    expect(batchesOf(195, 10).maxBatchingWindow?.toSeconds()).toBe(1);
    expect(batchesOf(195, 39).maxBatchingWindow).toBeUndefined();
  });

  it('never hold more than the budget lets through in half of a consumer’s time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 2, max: 1000 }), (rate, consumers) => {
        const held = batchesOf(rate, consumers).batchSize * consumers;
        // One message each is the least; that many consumers are the stage's own choice.
        expect(held).toBeLessThanOrEqual(Math.max(consumers, 30 * rate));
      }),
    );
  });
});
