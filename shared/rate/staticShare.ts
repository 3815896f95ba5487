import type { Budget } from './budget.ts';
import type { SlotLeases, SlotRange } from './slotLease.ts';

export interface ShareOptions {
  readonly budget: Budget;
  /** Processes that may call at once; each gets as much as every other. */
  readonly callers: number;
  readonly now: () => number;
  readonly random?: () => number;
  /** Told when the leases are out of reach, once each time. */
  onLost?(error: unknown): void;
}

/** How long leases that failed are not asked for: each failure has taken the store's own retries. */
const ASK_AGAIN_MS = 5000;

/**
 * Leases as long as they can be had, and a fixed share of each window while they cannot: as many shares as there can be
 * callers never exceed the budget, whoever has lost the store. The share's place in the window stays the same, so that no
 * rolling second sees more of it than one window.
 */
export function withStaticShare(
  leases: SlotLeases,
  { budget, callers, now, ...more }: ShareOptions,
): SlotLeases {
  const { random = Math.random, onLost = () => {} } = more;
  const share = shareOf(budget, callers, random());
  let lostUntil = Number.NEGATIVE_INFINITY;
  return {
    ...leases,
    lease: async (window, count, atLeast) => {
      if (now() < lostUntil) return share(window, count, atLeast);
      try {
        return await leases.lease(window, count, atLeast);
      } catch (error) {
        lostUntil = now() + ASK_AGAIN_MS;
        onLost(error);
        return share(window, count, atLeast);
      }
    },
  };
}

/** Hands out the slots of one share, each once. @param place where in the window it lies, from 0 to 1 */
function shareOf({ slots }: Budget, callers: number, place: number) {
  const size = Math.max(1, Math.floor(slots / callers));
  // With fewer slots than callers, each has a slot in one of several windows.
  const everyNth = Math.max(1, Math.ceil(callers / slots));
  const first = Math.floor(place * (slots - size + 1));
  const phase = Math.floor(place * everyNth);
  let current = { window: Number.NEGATIVE_INFINITY, next: first };
  return (window: number, count: number, atLeast: number): SlotRange | undefined => {
    if (window % everyNth !== phase) return undefined;
    if (window !== current.window) current = { window, next: first };
    const from = Math.max(current.next, atLeast);
    const to = Math.min(from + count, first + size);
    if (from >= to) return undefined;
    current = { window, next: to };
    return { from, to };
  };
}
