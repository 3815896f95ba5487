import { setTimeout as sleep } from 'node:timers/promises';

const REAL_CLOCK = { now: () => performance.now(), sleep: (ms: number): Promise<unknown> => sleep(ms) };

/**
 * What one would do without leases: each consumer spaces its own calls by a timer. A call that is late is not made up
 * for beyond its own place.
 * @param callsPerSecond this consumer's share of the budget
 * @param clock milliseconds of any beginning, and how to wait for some
 */
export function createStaticShare(callsPerSecond: number, clock = REAL_CLOCK): () => Promise<void> {
  const spacingMs = 1000 / callsPerSecond;
  let nextAt = 0;
  return async () => {
    const now = clock.now();
    const at = Math.max(nextAt, now);
    nextAt = at + spacingMs;
    await clock.sleep(at - now);
  };
}
