import { GET_TOPIC_CEILING } from '../config.ts';

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
  /** A call that is held up for longer than this on its way is made up for by a slot that is not used. */
  readonly wayMs: number;
  /** Most slots of one lease: few enough that a consumer that stops wastes little. */
  readonly leaseSize: number;
}

/**
 * Calls that are late by up to this, one more and the next less, may never meet more than the ceiling in a rolling
 * second. At 195 calls below a ceiling of 200, or 155 below 160, a window of one second leaves as much; nearer to the
 * ceiling it is made longer.
 */
const LEAST_SPARE_MS = 25;

/** A budget far below the ceiling is still a budget: its slots are not used much later than they are due. */
const MOST_TOLERANCE_MS = 25;

/**
 * How the spare time is shared out: lateness in this process, differences between the ways of two calls. What is left
 * is one slot's worth, for a second that begins and ends on a slot.
 */
const OWN_SHARE = 0.4;
const WAY_SHARE = 0.4;

/**
 * The budget of get_topic.
 * @param callsPerSecond what all consumers together may send
 * @param ceiling what the API accepts in any rolling second
 */
export function topicBudget(callsPerSecond: number, ceiling: number): Budget {
  const windowMs = Math.max(1000, (callsPerSecond * (1000 + LEAST_SPARE_MS)) / ceiling);
  const spareMs = (ceiling * windowMs) / callsPerSecond - 1000;
  return {
    api: 'get_topic',
    windowMs,
    slots: callsPerSecond,
    toleranceMs: Math.min(spareMs * OWN_SHARE, MOST_TOLERANCE_MS),
    wayMs: spareMs * WAY_SHARE,
    leaseSize: Math.max(1, Math.round(callsPerSecond / 15)),
  };
}

/** What a budget of get_topic stays below in any rolling second: where the app's owner is told, or where calls are refused. */
export function ceilingOver(callsPerSecond: number): number {
  const alerted = ALERTED_SHARE * GET_TOPIC_CEILING;
  return callsPerSecond < alerted ? alerted : GET_TOPIC_CEILING;
}

/** Above this share of an API's limit Tencent tells the app's owner (tencentcloud.com/document/product/1047/60256). */
const ALERTED_SHARE = 0.8;

/**
 * The budget of get_appid_group_list: three quarters of its limit of one call a second
 * (cloud.tencent.com/document/product/269/1614), which is below the share that the app's owner is told of.
 */
export const LIST_BUDGET: Budget = {
  api: 'get_appid_group_list',
  windowMs: 1334,
  slots: 1,
  toleranceMs: 25,
  wayMs: 25,
  leaseSize: 1,
};

/** From the answer to a list call to the next one, whoever makes it. */
export const LIST_REST_MS = 1334;

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
