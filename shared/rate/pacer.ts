import { type Budget, slotAhead, slotTime, windowAt } from './budget.ts';
import { createHoldUps } from './holdUps.ts';
import type { SlotLeases } from './slotLease.ts';
import { createYielding } from './yielding.ts';

/** The right to send one call, from its slot on. */
export interface Permit {
  /** To be called once the call has ended, however: by the time that it took the pacer knows whether it was held up. */
  settled(): void;
}

/** Hands out the right to send one call, in the order of asking. */
export interface Pacer {
  /**
   * Resolves at the moment the call may be sent.
   * @param until how long slots are asked for that cannot be leased, epoch milliseconds; default: 20 s from now
   * @throws the signal's reason when it aborts first; the leases' error when they cannot be had until then
   */
  acquire(signal?: AbortSignal, until?: number): Promise<Permit>;
  /** Has nobody send anything for a moment, and this pacer fewer calls from then on: the API said that they come too fast. */
  slowDown(): void;
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

/** How long a caller that names no end waits for leases that cannot be had. */
const PATIENCE_MS = 20_000;

/** Leases that could not be had are asked for again after so long, and twice as long each time, with jitter. */
const SHORTEST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1000;

/** A call that was held up makes seconds fuller than they should be for this long after it has arrived. */
const OWED_MS = 1000;

/** Leaves a quarter of a second's calls out, so that what is under way is through before the next call asks how things are. */
const PAUSE_MS = 250;

interface Waiter {
  /** When it gives up, should there be no leases. */
  readonly until: number;
  readonly since: number;
  resolve(permit: Permit): void;
  reject(reason: unknown): void;
}

/**
 * Spaces calls by leased slots. It leases no more slots than calls are waiting, begins the next lease while the
 * last one is being used, and drops a slot whose moment has passed. A call that reaches the API late meets a second's
 * worth of others there: for each the next slot is left unused, so that every rolling second that has the call has not
 * the slot (docs/decisions/0013). After a refusal some slots are left to whoever else calls.
 * @param onDropped told how many slots were dropped that calls were waiting for, those that passed in a pause apart
 */
export function createPacer(
  budget: Budget,
  leases: SlotLeases,
  clock: Clock = systemClock,
  onDropped: (count: number) => void = () => {},
): Pacer {
  const waiting: Waiter[] = [];
  const slots: number[] = [];
  /** Until when each slot that is owed is of use. */
  const owed: number[] = [];
  const holdUps = createHoldUps(budget.wayMs);
  let window = 0;
  const yielding = createYielding();
  let pausedUntil = 0;
  let leasing = false;
  /** Why leases cannot be had, how often in a row, and when they are asked for again. */
  let outage: { readonly error: unknown; readonly times: number; readonly over: number } | undefined;
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

  const permit = (slot: number): Permit => ({
    settled: () => {
      const now = clock.now();
      if (holdUps.isHeldUp(now - slot)) owed.push(now + OWED_MS);
    },
  });

  /** Slots that are of use: one for each waiter and those that are left out beside it, and those that are owed. */
  const wanted = (now: number): number => Math.ceil(waiting.length / yielding.share(now)) + owed.length;

  /** Drops the slots whose moment has passed. */
  const dropPassed = (now: number): void => {
    let dropped = 0;
    while (slots[0] !== undefined && slots[0] < now - budget.toleranceMs) {
      const slot = slots.shift() as number;
      if (waiting[0] !== undefined && waiting[0].since <= slot && slot >= pausedUntil) dropped += 1;
    }
    if (dropped > 0) onDropped(dropped);
  };

  /** Hands out every slot that is due, asks for more in good time, and sets a timer for what comes next. */
  const step = (): void => {
    const now = clock.now();
    dropPassed(now);
    while (owed[0] !== undefined && owed[0] < now) owed.shift();
    while (waiting.length > 0 && slots[0] !== undefined && slots[0] <= now && pausedUntil <= now) {
      const slot = slots.shift() as number;
      if (owed.shift() === undefined && yielding.takes(now)) waiting.shift()?.resolve(permit(slot));
    }
    if (outage) giveUp(now, outage.error);
    if (waiting.length === 0) return;
    if (pausedUntil > now) {
      wakeIn(pausedUntil - now);
      return;
    }
    // Enough in hand for half a lease, and for the time that the next lease will take to come.
    if (slots.length < Math.min(wanted(now), budget.leaseSize / 2 + passing(leadMs))) refill(now);
    if (slots[0] !== undefined) wakeIn(slots[0] - now);
  };

  /** Tells those whose time is up that there are no leases; the others go on waiting. */
  const giveUp = (now: number, error: unknown): void => {
    const late = new Set(waiting.filter(({ until }) => until <= now));
    if (late.size === 0) return;
    waiting.splice(0, waiting.length, ...waiting.filter((waiter) => !late.has(waiter)));
    for (const waiter of late) waiter.reject(error);
  };

  /** Has leases asked for again, later each time; others have failed at the same moment. */
  const failed = (now: number, error: unknown): void => {
    const times = (outage?.times ?? 0) + 1;
    const most = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** (times - 1));
    outage = { error, times, over: now + most * (0.5 + Math.random() / 2) };
  };

  const refill = (now: number): void => {
    if (leasing) return;
    if (outage && outage.over > now) {
      wakeIn(Math.min(outage.over, ...waiting.map(({ until }) => until)) - now);
      return;
    }
    window = Math.max(window, windowAt(budget, now));
    const early = window * budget.windowMs - AHEAD_MS - leadMs - now;
    if (early > 0) {
      wakeIn(early);
      return;
    }
    // A slow store must not slow the calls: the longer a lease takes, the more slots it asks for.
    const count = Math.min(budget.leaseSize + passing(leadMs), wanted(now) - slots.length);
    const atLeast = slotAhead(budget, window, now + leadMs);
    if (atLeast >= budget.slots) {
      window += 1;
      refill(now);
      return;
    }
    leasing = true;
    leases.lease(window, count, atLeast).then(
      (granted) => {
        leasing = false;
        outage = undefined;
        leadMs = Math.min(clock.now() - now, LONGEST_LEAD_MS);
        if (!granted) window += 1;
        else
          for (let slot = granted.from; slot < granted.to; slot++) slots.push(slotTime(budget, window, slot));
        step();
      },
      (error: unknown) => {
        leasing = false;
        failed(clock.now(), error);
        step();
      },
    );
  };

  /** Leases slots that nobody uses: what the others have in hand is used, and then they wait as well. */
  const leaveUnused = async (count: number): Promise<void> => {
    let left = count;
    for (let from = 0; left > 0; ) {
      const now = clock.now();
      from = Math.max(from, windowAt(budget, now));
      const atLeast = slotAhead(budget, from, now);
      const granted = atLeast < budget.slots ? await leases.lease(from, left, atLeast) : undefined;
      if (granted) left -= granted.to - granted.from;
      if (!granted || granted.to >= budget.slots) from += 1;
    }
  };

  return {
    acquire: (signal, until = clock.now() + PATIENCE_MS) =>
      new Promise<Permit>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const waiter: Waiter = {
          until,
          since: clock.now(),
          resolve: (granted) => {
            signal?.removeEventListener('abort', abort);
            resolve(granted);
          },
          reject: (reason) => {
            signal?.removeEventListener('abort', abort);
            reject(reason);
          },
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
    slowDown: () => {
      const now = clock.now();
      yielding.refused(now);
      // Calls under way are refused together: one of them speaks for all.
      if (now < pausedUntil) return;
      pausedUntil = now + PAUSE_MS;
      // Should the store be out of reach, each of the others is told by the API.
      leaveUnused(passing(PAUSE_MS)).catch(() => {});
    },
  };
}
