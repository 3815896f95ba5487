import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What one would do without leases: each consumer spaces its own calls by a timer. A call that is late is not made up
 * for beyond its own place.
 * @param callsPerSecond this consumer's share of the budget
 */
export function createStaticShare(callsPerSecond: number): () => Promise<void> {
  const spacingMs = 1000 / callsPerSecond;
  let nextAt = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(nextAt, now);
    nextAt = at + spacingMs;
    await sleep(at - now);
  };
}
