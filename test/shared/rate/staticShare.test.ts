import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slotTime, topicBudget } from '../../../shared/rate/budget.ts';
import type { SlotLeases } from '../../../shared/rate/slotLease.ts';
import { type ShareOptions, withStaticShare } from '../../../shared/rate/staticShare.ts';
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

/** Leases that have failed for long enough to count as lost. */
async function lostLeases(options: Omit<ShareOptions, 'now'>) {
  let now = 0;
  const leases = withStaticShare(lost, { ...options, now: () => now });
  await expect(leases.lease(0, 1, 0)).rejects.toThrow(OUTAGE);
  now = 5000;
  await leases.lease(0, 0, 0);
  return leases;
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
          const times = await timesOf(await lostLeases({ budget, callers, random }), budget, windows);
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

describe('a caller', () => {
  const budget = topicBudget(195, 200);
  const share = { budget, callers: 11, random: () => 0.5 };

  /** Leases that fail while `broken`, on a clock that the test sets. */
  function stage() {
    const real = createMemoryLeases(budget);
    const state = { now: 0, broken: true, asked: 0, told: [] as unknown[] };
    const flaky: SlotLeases = {
      lease: (...request) => {
        state.asked += 1;
        return state.broken ? Promise.reject(OUTAGE) : real.lease(...request);
      },
    };
    const onLost = (error: unknown) => void state.told.push(error);
    return { state, leases: withStaticShare(flaky, { ...share, now: () => state.now, onLost }) };
  }

  it('is refused while a failure may be its own hiccup: others may still have their leases', async () => {
    const { state, leases } = stage();
    for (state.now of [0, 2000, 4999]) await expect(leases.lease(1, 1, 0)).rejects.toThrow(OUTAGE);
    expect(state.told).toEqual([]);
    state.broken = false;
    expect(await leases.lease(1, 13, 0)).toMatchObject({ from: 0, to: 13 });
    [state.now, state.broken] = [60_000, true];
    await expect(leases.lease(1, 1, 0)).rejects.toThrow(OUTAGE);
  });

  it('says so once when the leases count as lost, and skips slots of its share that are past', async () => {
    const leases = await lostLeases(share);
    expect(await leases.lease(1, 4, 100)).toEqual({ from: 100, to: 104 });
    expect(await leases.lease(1, 4, 150)).toBeUndefined();
    const { state, leases: others } = stage();
    await others.lease(1, 1, 0).catch(() => {});
    for (state.now of [5000, 5001, 5002]) await others.lease(1, 1, 0);
    expect(state.told).toEqual([OUTAGE]);
  });

  it('asks for leases once a second meanwhile, and has them back as soon as one is given', async () => {
    const { state, leases } = stage();
    await leases.lease(1, 1, 0).catch(() => {});
    state.now = 5000;
    for (let call = 0; call < 5; call++) await leases.lease(5, 1, 0);
    expect(state.asked).toBe(3);
    [state.now, state.broken] = [6000, false];
    await leases.lease(6, 1, 0);
    expect(state.asked).toBe(4);
    await new Promise(setImmediate);
    expect(await leases.lease(6, 13, 0)).toMatchObject({ from: 1, to: 14 });
  });
});

describe('a caller that stood still after a failure', () => {
  /** Leases of a table that is out of reach, asked at some seconds. */
  async function askedAt(...seconds: readonly number[]): Promise<string[]> {
    const budget = topicBudget(155, 160);
    let now = 0;
    const leases = withStaticShare(lost, { budget, callers: 10, now: () => now });
    const answers: string[] = [];
    for (const second of seconds) {
      now = second * 1000;
      const window = Math.floor(now / budget.windowMs);
      answers.push(
        await leases.lease(window, 1, 0).then(
          () => 'share',
          () => 'error',
        ),
      );
    }
    return answers;
  }

  it('begins anew: one failure a while later is no outage', async () => {
    expect(await askedAt(0, 3, 5)).toEqual(['error', 'error', 'share']);
    expect(await askedAt(0, 3600)).toEqual(['error', 'error']);
  });

  it('does not go on with its share when it asks again, which others may have leased meanwhile', async () => {
    expect(await askedAt(0, 3, 5, 3600)).toEqual(['error', 'error', 'share', 'error']);
  });
});
