import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHoldUps } from '../../../shared/rate/holdUps.ts';
import { lognormal, seededRandom } from '../../support/seededRandom.ts';

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
  it('whose times differ a little are seldom taken for held up: each costs a slot', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fc.integer(), (median, seed) => {
        expect(heldUpOf(10_000, (random) => lognormal(random, median, 0.1), seed)).toBeLessThan(100);
      }),
      { numRuns: 20 },
    );
  });

  it('whose times differ much are taken for held up one or two times in a hundred, since nobody can tell', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 500 }), fc.integer(), (median, seed) => {
        const heldUp = heldUpOf(10_000, (random) => lognormal(random, median, 0.8), seed);
        expect(heldUp).toBeGreaterThan(100);
        expect(heldUp).toBeLessThan(200);
      }),
      { numRuns: 20 },
    );
  });

  it('of which one in a hundred is held up are found among others alike, most of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer(), (median, seed) => {
        const random = seededRandom(seed);
        const holdUps = createHoldUps(WAY_MS);
        const counted = { held: 0, found: 0, wrongly: 0 };
        for (let call = 0; call < 11_000; call++) {
          const stall = random() < 0.01 ? 50 + 550 * random() : 0;
          const found = holdUps.isHeldUp(lognormal(random, median, 0.1) + stall);
          if (call < 1000) continue;
          if (stall > 0) counted.held += 1;
          if (stall > 0 && found) counted.found += 1;
          if (stall === 0 && found) counted.wrongly += 1;
        }
        expect(counted.found).toBeGreaterThan(0.5 * counted.held);
        expect(counted.wrongly).toBeLessThan(100);
      }),
      { numRuns: 20 },
    );
  });

  it.each([0, -20, 60_000])('are learnt from alike although the first took %i ms by the clock', (firstMs) => {
    let drawn = 0;
    const draw = (random: () => number) => (drawn++ === 0 ? firstMs : lognormal(random, 400, 0.1));
    expect(heldUpOf(10_000, draw, 1)).toBeLessThan(100);
  });

  it('that take longer from some time on are learnt from', () => {
    const holdUps = createHoldUps(WAY_MS);
    for (let call = 0; call < 200; call++) holdUps.isHeldUp(20);
    const heldUp = Array.from({ length: 500 }, () => holdUps.isHeldUp(400)).filter(Boolean);
    expect(heldUp.length).toBeGreaterThan(0);
    expect(heldUp.length).toBeLessThan(150);
  });
});
