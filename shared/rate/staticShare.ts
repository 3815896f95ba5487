import { settle } from '../settle.ts';
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

/**
 * Leases must have failed for so long, and more than once, before the share is used: others may still have theirs, and
 * two kinds of slots in one second are too many. What is a hiccup of one process is over by then.
 */
const LOST_AFTER_MS = 5000;

/** How often leases are asked for again meanwhile, so that the share ends soon after the outage. */
const ASK_AGAIN_MS = 1000;

/**
 * Leases as long as they can be had, and a fixed share of each window once they cannot: as many shares as there can be
 * callers never exceed the budget. The share's place in the window stays the same, so that no rolling second sees more of
 * it than one window. Until the leases count as lost, what fails is an error as ever.
 */
export function withStaticShare(
  leases: SlotLeases,
  { budget, callers, now, ...more }: ShareOptions,
): SlotLeases {
  const { random = Math.random, onLost = () => {} } = more;
  const share = shareOf(budget, callers, random());
  let failingSince: number | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let isLost = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  const ask: SlotLeases['lease'] = async (window, count, atLeast) => {
    try {
      const granted = await leases.lease(window, count, atLeast);
      [failingSince, isLost] = [undefined, false];
      return granted;
    } catch (error) {
      failedAt = now();
      failingSince ??= failedAt;
      if (!isLost && now() - failingSince >= LOST_AFTER_MS) {
        isLost = true;
        onLost(error);
      }
      throw error;
    }
  };

  return {
    lease: async (window, count, atLeast) => {
      // Nobody has asked since: a function stands still between two invocations, and an outage may be over.
      if (now() - failedAt > LOST_AFTER_MS) [failingSince, isLost] = [undefined, false];
      if (!isLost) {
        const asked = await settle(ask(window, count, atLeast));
        if ('value' in asked) return asked.value;
        if (!isLost) throw asked.error;
      } else if (now() - askedAt >= ASK_AGAIN_MS) {
        askedAt = now();
        // Whether it can be had again is all that matters: its one slot is left unused.
        void settle(ask(window, 1, atLeast));
      }
      return share(window, count, atLeast);
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
