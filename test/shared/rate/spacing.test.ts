import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIST_BUDGET } from '../../../shared/rate/budget.ts';
import { createPacer } from '../../../shared/rate/pacer.ts';
import { withRest } from '../../../shared/rate/spacing.ts';
import { createMemoryLeases } from '../../support/memoryLeases.ts';
import { rollingPeak } from '../../support/rollingPeak.ts';
import { seededRandom } from '../../support/seededRandom.ts';
import { createVirtualClock } from '../../support/virtualClock.ts';

const REST_MS = 1000;

function stage(seed = 1, latenessMs = 20) {
  const random = seededRandom(seed);
  const clock = createVirtualClock({ startAt: 1000 * random(), lateness: () => latenessMs * random() });
  const pacer = withRest(createPacer(LIST_BUDGET, createMemoryLeases(LIST_BUDGET), clock), REST_MS, clock);
  return { random, clock, pacer };
}

describe('calls of which each waits for the last one’s answer', () => {
  it('are never two in a second at the API, however long their ways are and however late the timers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 900 }), async (seed, longestMs) => {
        const { random, clock, pacer } = stage(seed, 60);
        const arrived: number[] = [];
        const call = async () => {
          const { settled } = await pacer.acquire();
          await clock.sleep(random() * longestMs);
          arrived.push(clock.time());
          await clock.sleep(random() * longestMs);
          settled();
        };
        const calls = [1, 2, 3, 4].map(call);
        // More than half of the slots are dropped for timers that are late: some seeds take minutes.
        await clock.runUntil(clock.time() + 600_000);
        await Promise.all(calls);
        expect(rollingPeak(arrived, 1000)).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  it('do not wait for one that was given up before it was sent', async () => {
    const { clock, pacer } = stage();
    const first = pacer.acquire();
    await clock.runUntil(5000);
    (await first).settled();
    const giveUp = AbortSignal.abort('no time');
    const refused = pacer.acquire(giveUp).catch((reason: unknown) => reason);
    let sent = false;
    void pacer.acquire().then(() => {
      sent = true;
    });
    await clock.runUntil(clock.time() + 5000);
    expect([await refused, sent]).toEqual(['no time', true]);
  });
});
