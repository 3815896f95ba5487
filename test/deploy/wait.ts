import { setTimeout as sleep } from 'node:timers/promises';

/** What was waited for did not come. */
export class WaitedInVainError extends Error {
  override readonly name = 'WaitedInVainError';
}

export interface Patience {
  readonly timeoutMs: number;
  /** Time between two looks, default 250 ms. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until there is something to see.
 * @param what completes "waited … for"
 * @param look gives undefined as long as there is nothing
 * @throws {WaitedInVainError} naming what was waited for
 */
export async function waitFor<T>(
  what: string,
  { timeoutMs, everyMs = 250 }: Patience,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= until) throw new WaitedInVainError(`waited ${timeoutMs / 1000} s for ${what}`);
    await sleep(everyMs);
  }
}
