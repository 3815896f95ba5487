import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHoldUps } from '../../../shared/rate/holdUps.ts';
import { seededRandom } from '../../support/seededRandom.ts';

const WAY_MS = 10;

/** How many of the calls are taken for held up, after the first thousand. */
function heldUpOf(calls: number, drawMs: (random: () => number) => number, seed: number): number {
  const random = seededRandom(seed);
  const holdUps = createHoldUps(WAY_MS);
  let heldUp = 0;
  for (let call = 0; call < 1000 + calls; call++)
    if (holdUps.isHeldUp(drawMs(random)) && call >= 1000) heldUp += 1;
  return heldUp;
}

/** Lognormal, as answers are: most are quick, a few take very long. */
const lognormal = (median: number, sigma: number) => (random: () => number) =>
  median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

describe('a call', () => {
  it('is not held up while it takes about as long as the others, however long that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (ms, seed) => {
        expect(heldUpOf(500, (random) => ms + (random() * WAY_MS) / 2, seed)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('is held up when it takes longer than nearly all others', () => {
    const holdUps = createHoldUps(WAY_MS);
    for (let call = 0; call < 200; call++) holdUps.isHeldUp(100 + (call % 5));
    expect(holdUps.isHeldUp(105 + WAY_MS + 10)).toBe(true);
  });

  it('is not held up among the first, of which nothing is known yet', () => {
    const holdUps = createHoldUps(WAY_MS);
    expect([20, 500, 30].map(holdUps.isHeldUp)).toEqual([false, false, false]);
  });
});

describe('calls', () => {
  it('whose times differ much are seldom taken for held up: each costs a slot', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fc.integer(), (median, seed) => {
        expect(heldUpOf(10_000, lognormal(median, 0.8), seed)).toBeLessThan(60);
      }),
      { numRuns: 20 },
    );
  });

  it('that take longer from some time on are learnt from', () => {
    const holdUps = createHoldUps(WAY_MS);
    for (let call = 0; call < 200; call++) holdUps.isHeldUp(20);
    const heldUp = Array.from({ length: 500 }, () => holdUps.isHeldUp(400)).filter(Boolean);
    expect(heldUp.length).toBeGreaterThan(0);
    expect(heldUp.length).toBeLessThan(150);
  });
});
