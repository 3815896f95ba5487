import { type Budget, slotAhead, slotTime, windowAt } from './budget.ts';
import type { LeaseSlots } from './slotLease.ts';

/** Hands out the right to send one call, in the order of asking. */
export interface Pacer {
  /** Resolves at the moment the call may be sent. @throws the signal's reason when it aborts first */
  acquire(signal?: AbortSignal): Promise<void>;
  /** Hands out nothing for a while: the API said that calls come too fast. */
  pause(ms: number): void;
}

export interface Clock {
  now(): number;
  /** Calls back after a delay in milliseconds. */
  after(ms: number, callback: () => void): void;
}

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, callback) => {
    setTimeout(callback, ms);
  },
};

/** How long before a window starts its slots may be leased, so that no window begins with a wait for a lease. */
const AHEAD_MS = 250;

/** A lease that took longer was an accident: the next one is not asked for so far ahead. */
const LONGEST_LEAD_MS = 1000;

interface Waiter {
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Spaces calls by leased slots. It leases no more slots than calls are waiting, begins the next lease while the
 * last one is being used, and drops a slot whose moment has passed.
 */
export function createPacer(budget: Budget, lease: LeaseSlots, clock: Clock = systemClock): Pacer {
  const waiting: Waiter[] = [];
  const slots: number[] = [];
  let window = 0;
  let pausedUntil = 0;
  let leasing = false;
  /** How long the last lease took: slots that would have passed by the time a lease is in are not asked for. */
  let leadMs = 0;
  let wakeAt = Number.POSITIVE_INFINITY;

  /** Sets a timer for the next step, unless an earlier one is set. */
  const wakeIn = (ms: number): void => {
    const at = clock.now() + Math.max(0, ms);
    if (at >= wakeAt) return;
    wakeAt = at;
    clock.after(Math.max(0, ms), () => {
      if (wakeAt === at) wakeAt = Number.POSITIVE_INFINITY;
      step();
    });
  };

  /** Slots that pass in a time. */
  const passing = (ms: number): number => Math.ceil((ms * budget.slots) / budget.windowMs);

  const fail = (reason: unknown) => {
    for (const waiter of waiting.splice(0)) waiter.reject(reason);
  };

  /** Hands out every slot that is due, asks for more in good time, and sets a timer for what comes next. */
  const step = (): void => {
    const now = clock.now();
    while (slots[0] !== undefined && slots[0] < now - budget.toleranceMs) slots.shift();
    while (waiting.length > 0 && slots[0] !== undefined && slots[0] <= now && pausedUntil <= now) {
      slots.shift();
      waiting.shift()?.resolve();
    }
    if (waiting.length === 0) return;
    if (pausedUntil > now) {
      wakeIn(pausedUntil - now);
      return;
    }
    // Enough in hand for half a lease, and for the time that the next lease will take to come.
    if (slots.length < Math.min(waiting.length, budget.leaseSize / 2 + passing(leadMs))) refill(now);
    if (slots[0] !== undefined) wakeIn(slots[0] - now);
  };

  const refill = (now: number): void => {
    if (leasing) return;
    window = Math.max(window, windowAt(budget, now));
    const early = window * budget.windowMs - AHEAD_MS - leadMs - now;
    if (early > 0) {
      wakeIn(early);
      return;
    }
    // A slow store must not slow the calls: the longer a lease takes, the more slots it asks for.
    const count = Math.min(budget.leaseSize + passing(leadMs), waiting.length - slots.length);
    const atLeast = slotAhead(budget, window, now + leadMs);
    if (atLeast >= budget.slots) {
      window += 1;
      refill(now);
      return;
    }
    leasing = true;
    lease(window, count, atLeast).then(
      (granted) => {
        leasing = false;
        leadMs = Math.min(clock.now() - now, LONGEST_LEAD_MS);
        if (!granted) window += 1;
        else
          for (let slot = granted.from; slot < granted.to; slot++) slots.push(slotTime(budget, window, slot));
        step();
      },
      (error: unknown) => {
        leasing = false;
        fail(error);
      },
    );
  };

  return {
    acquire: (signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const waiter: Waiter = {
          resolve: () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
          reject,
        };
        const abort = () => {
          const index = waiting.indexOf(waiter);
          if (index >= 0) waiting.splice(index, 1);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
        waiting.push(waiter);
        step();
      }),
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
  };
}
