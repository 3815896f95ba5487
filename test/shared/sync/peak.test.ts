import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPeakCounter } from '../../../shared/sync/peak.ts';
import { rollingPeak } from '../../support/rollingPeak.ts';

function peakOf(times: readonly number[]): number {
  const counter = createPeakCounter();
  for (const time of times) counter.add(time);
  return counter.peak();
}

describe('the peak', () => {
  it('is 0 when there were no calls', () => {
    expect(peakOf([])).toBe(0);
  });

  it('counts calls that are less than a second apart', () => {
    expect(peakOf([1000, 1400, 1980])).toBe(3);
    expect(peakOf([1000, 2000, 3000])).toBe(1);
  });

  it('finds a second that crosses the clock’s own', () => {
    expect(peakOf([...Array(100).fill(1900), ...Array(100).fill(2100)])).toBe(200);
  });

  it('can be asked again while calls are counted', () => {
    const counter = createPeakCounter();
    counter.add(1);
    expect(counter.peak()).toBe(1);
    counter.add(2);
    expect(counter.peak()).toBe(2);
  });

  it('is that of the busiest rolling second to within one bin of 10 ms, whatever the order of the calls', () => {
    const times = fc.array(fc.integer({ min: 1e12, max: 1e12 + 4000 }), { maxLength: 300 });
    fc.assert(
      fc.property(times, (calls) => {
        const peak = peakOf(calls);
        expect(peak).toBeGreaterThanOrEqual(rollingPeak(calls, 990));
        expect(peak).toBeLessThanOrEqual(rollingPeak(calls, 1000));
      }),
    );
  });
});
