import { describe, expect, it } from '@jest/globals';
import { createYielding, LEAST_SHARE } from '../../../shared/rate/yielding.ts';

const HOUR = 3_600_000;

describe('the share of the budget that is used', () => {
  it('is all of it as long as nothing is refused', () => {
    const yielding = createYielding();
    expect(Array.from({ length: 100 }, () => yielding.takes(0))).not.toContain(false);
  });

  it('falls by a quarter with a refusal, however many calls are refused together, and is back within a minute', () => {
    const yielding = createYielding();
    for (let call = 0; call < 20; call++) yielding.refused(1000 + call);
    expect(yielding.share(1000)).toBe(0.75);
    expect(yielding.share(31_000)).toBeCloseTo(0.9);
    expect(yielding.share(61_000)).toBe(1);
  });

  it('falls further with each refusal that follows, yet never to nothing', () => {
    const yielding = createYielding();
    for (let refusal = 0; refusal < 100; refusal++) yielding.refused(refusal * 1000);
    expect(yielding.share(99_000)).toBe(LEAST_SHARE);
    expect(yielding.share(99_000 + HOUR)).toBe(1);
  });

  it('is the part of the slots that is taken, evenly', () => {
    const yielding = createYielding();
    yielding.refused(0);
    const taken = Array.from({ length: 40 }, () => yielding.takes(0));
    expect(taken.filter(Boolean)).toHaveLength(30);
    for (let from = 0; from < 40; from += 4)
      expect(taken.slice(from, from + 4).filter(Boolean)).toHaveLength(3);
  });
});
