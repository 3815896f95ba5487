import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIST_BUDGET, slotAhead, slotTime, topicBudget, windowAt } from '../../../shared/rate/budget.ts';

const rates = fc.integer({ min: 1, max: 200 });
/** Epoch milliseconds from 2001 to 2065. */
const times = fc.integer({ min: 1e12, max: 3e12 });

describe('the budget of get_topic', () => {
  it('spreads the calls of a second over evenly spaced slots', () => {
    const budget = topicBudget(4, 200);
    const spacing = 1000 / 4;
    const offsets = [0, 1, 2, 3].map((slot) => slotTime(budget, 7, slot) - slotTime(budget, 7, 0));
    expect(offsets).toEqual([0, spacing, 2 * spacing, 3 * spacing]);
    expect(slotTime(budget, 8, 0) - slotTime(budget, 7, 3)).toBe(spacing);
  });

  it('tolerates a part of the lateness that the ceiling leaves room for, and never more than 25 ms', () => {
    expect(topicBudget(195, 200).toleranceMs).toBeCloseTo(10.26, 2);
    expect(topicBudget(160, 200).toleranceMs).toBe(25);
    expect(topicBudget(10, 200).toleranceMs).toBe(25);
  });

  it('tolerates a timer’s own lateness even right below the ceiling', () => {
    expect(topicBudget(200, 200).toleranceMs).toBeGreaterThanOrEqual(2);
  });

  it('never lets slots and their tolerance put more than the ceiling into a rolling second', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 1000 }), (rate, spare) => {
        const ceiling = rate + spare;
        const { windowMs, slots, toleranceMs, wayMs } = topicBudget(rate, ceiling);
        // The calls that can arrive in a second: those of its slots, and those before it that are late enough.
        const usable = ((1000 + toleranceMs + wayMs) * slots) / windowMs;
        expect(usable).toBeLessThanOrEqual(ceiling + 1e-9);
      }),
    );
  });

  it('leases a fifteenth of a second’s calls at most, and never none', () => {
    expect(topicBudget(195, 200).leaseSize).toBe(13);
    expect(topicBudget(1, 200).leaseSize).toBe(1);
  });
});

describe('slots', () => {
  it('lie inside their window', () => {
    fc.assert(
      fc.property(rates, times, fc.nat(199), (rate, time, nth) => {
        const budget = topicBudget(rate, 200);
        const window = windowAt(budget, time);
        expect(windowAt(budget, slotTime(budget, window, nth % rate))).toBe(window);
      }),
    );
  });

  it('are ahead from the first that is not yet past', () => {
    fc.assert(
      fc.property(rates, times, (rate, time) => {
        const budget = topicBudget(rate, 200);
        const window = windowAt(budget, time);
        const ahead = slotAhead(budget, window, time);
        // Within a microsecond: the times are sums of fractions.
        expect(slotTime(budget, window, ahead)).toBeGreaterThanOrEqual(time - 1e-3);
        if (ahead > 0) expect(slotTime(budget, window, ahead - 1)).toBeLessThan(time + 1e-3);
      }),
    );
  });

  it('are all ahead in a window that has not begun', () => {
    expect(slotAhead(topicBudget(195, 200), 100, 99_000)).toBe(0);
  });
});

describe('the budget of the list', () => {
  it('leaves more than a second between two calls, however late the first is', () => {
    expect(LIST_BUDGET.slots).toBe(1);
    expect(LIST_BUDGET.windowMs - LIST_BUDGET.toleranceMs).toBeGreaterThan(1000);
  });
});
