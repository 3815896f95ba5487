import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slotTime, topicBudget } from '../../../shared/rate/budget.ts';
import type { SlotLeases } from '../../../shared/rate/slotLease.ts';
import { withStaticShare } from '../../../shared/rate/staticShare.ts';
import { createMemoryLeases } from '../../support/memoryLeases.ts';
import { rollingPeak } from '../../support/rollingPeak.ts';
import { seededRandom } from '../../support/seededRandom.ts';

const OUTAGE = new Error('the table is out of reach');
const lost: SlotLeases = { lease: () => Promise.reject(OUTAGE) };

/** All that a caller can get of some windows, asking for a few slots at a time. */
async function timesOf(leases: SlotLeases, budget: ReturnType<typeof topicBudget>, windows: number) {
  const times: number[] = [];
  for (let window = 0; window < windows; window++) {
    for (;;) {
      const granted = await leases.lease(window, 7, 0);
      if (!granted) break;
      for (let slot = granted.from; slot < granted.to; slot++) times.push(slotTime(budget, window, slot));
    }
  }
  return times;
}

describe('callers that have lost the leases', () => {
  it('stay below the budget in any rolling second, as many as there may be, and each goes on', async () => {
    const rates = fc.integer({ min: 1, max: 200 });
    await fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 20 }), fc.integer(), async (rate, callers, seed) => {
        const budget = topicBudget(rate, 200);
        const random = seededRandom(seed);
        const windows = 2 * Math.ceil(callers / rate) + 3;
        const all: number[] = [];
        for (let caller = 0; caller < callers; caller++) {
          const leases = withStaticShare(lost, { budget, callers, random, now: () => 0 });
          const times = await timesOf(leases, budget, windows);
          expect(times.length).toBeGreaterThan(0);
          expect(new Set(times).size).toBe(times.length);
          expect(rollingPeak(times, 1000 - 1e-3)).toBeLessThanOrEqual(
            Math.max(1, Math.floor(rate / callers)),
          );
          all.push(...times);
        }
        // Callers with less than a slot a window each may fall into the same one.
        if (rate >= callers) expect(rollingPeak(all, 1000 - 1e-3)).toBeLessThanOrEqual(rate);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a caller that has lost the leases', () => {
  const budget = topicBudget(195, 200);
  const share = { budget, callers: 11, random: () => 0.5 };

  it('skips slots that are past', async () => {
    const leases = withStaticShare(lost, { ...share, now: () => 0 });
    expect(await leases.lease(1, 4, 100)).toEqual({ from: 100, to: 104 });
    expect(await leases.lease(1, 4, 150)).toBeUndefined();
  });

  it('asks for them again only after a while, says so once each time, and then has them back', async () => {
    let [now, broken, asked] = [0, true, 0];
    const real = createMemoryLeases(budget);
    const flaky: SlotLeases = {
      lease: (...request) => {
        asked += 1;
        return broken ? Promise.reject(OUTAGE) : real.lease(...request);
      },
    };
    const told: unknown[] = [];
    const onLost = (error: unknown) => void told.push(error);
    const leases = withStaticShare(flaky, { ...share, now: () => now, onLost });
    for (let call = 0; call < 5; call++) await leases.lease(1, 1, 0);
    expect([asked, told]).toEqual([1, [OUTAGE]]);
    now = 5000;
    await leases.lease(6, 1, 0);
    expect([asked, told.length]).toEqual([2, 2]);
    [now, broken] = [10_000, false];
    expect(await leases.lease(11, 13, 0)).toMatchObject({ from: 0, to: 13 });
  });
});
