/**
 * A rate, cut into calendar windows of evenly spaced slots. Slots, not counts: a counter a second lets two
 * seconds' calls meet at their boundary, evenly spaced slots keep every rolling second below the ceiling.
 */
export interface Budget {
  /** Names the budget among an app's leases. */
  readonly api: string;
  readonly windowMs: number;
  /** Slots in a window. */
  readonly slots: number;
  /** A slot that is later than this is dropped: used that late it could crowd a rolling window. */
  readonly toleranceMs: number;
  /** Most slots of one lease: few enough that a consumer that stops wastes little. */
  readonly leaseSize: number;
}

/** Timers fire up to a millisecond late and answers arrive in bursts: below this no slot would ever be in time. */
const LEAST_TOLERANCE_MS = 2;

/** A budget far below the ceiling is still a budget: its slots are not used much later than they are due. */
const MOST_TOLERANCE_MS = 25;

/**
 * A window is this much longer than a second, so that a call which is held up on its way does not at once share a
 * rolling second with a whole window of others. It costs a hundredth of the rate.
 */
const STRETCH = 1.01;

/**
 * What of the spare time between budget and ceiling a slot may be late in this process; the rest is for the way
 * to the API, on which one call may be held up more than the next.
 */
const OWN_SHARE = 0.3;

/**
 * The budget of get_topic.
 * @param callsPerSecond what all consumers together may send
 * @param ceiling what the API accepts in any rolling second
 */
export function topicBudget(callsPerSecond: number, ceiling: number): Budget {
  // Right below the ceiling the window is stretched further, so that the least tolerance cannot break it either.
  const least = (callsPerSecond * (1000 + LEAST_TOLERANCE_MS / OWN_SHARE)) / ceiling;
  const windowMs = Math.max(1000 * STRETCH, least);
  const spareMs = (ceiling * windowMs) / callsPerSecond - 1000;
  return {
    api: 'get_topic',
    windowMs,
    slots: callsPerSecond,
    toleranceMs: Math.min(spareMs * OWN_SHARE, MOST_TOLERANCE_MS),
    leaseSize: Math.max(1, Math.round(callsPerSecond / 15)),
  };
}

/**
 * The budget of get_appid_group_list: one call a second (cloud.tencent.com/document/product/269/1614), with 5 %
 * between the calls for the network's jitter.
 */
export const LIST_BUDGET: Budget = {
  api: 'get_appid_group_list',
  windowMs: 1050,
  slots: 1,
  toleranceMs: 25,
  leaseSize: 1,
};

/** When a slot may be used, epoch milliseconds. */
export function slotTime({ windowMs, slots }: Budget, window: number, slot: number): number {
  return window * windowMs + ((slot + 0.5) * windowMs) / slots;
}

/** The window that a time lies in. */
export function windowAt({ windowMs }: Budget, time: number): number {
  return Math.floor(time / windowMs);
}

/** The first slot of a window that is still ahead at a time. */
export function slotAhead(budget: Budget, window: number, time: number): number {
  const passed = ((time - window * budget.windowMs) * budget.slots) / budget.windowMs;
  return Math.max(0, Math.ceil(passed - 0.5));
}
