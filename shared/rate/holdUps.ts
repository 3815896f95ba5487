/** Tells calls that were held up on their way from those that took as long as calls take. */
export interface HoldUps {
  /** @param ms from a call's slot to its answer @returns whether it may have reached the API late */
  isHeldUp(ms: number): boolean;
}

/** Calls that are only learnt from, at first. */
const LEARNING = 50;

/**
 * Share of the calls that the bound lets lie above it, where times differ much by nature: from outside a slow answer
 * cannot be told from a slow way, and each that is taken for one costs a slot.
 */
const SHARE = 0.003;

/** How far at most a call that takes longer moves the bound; the others move it back, so that it settles there. */
const STEP = 0.25;

/** What is added to a call's time when the bound follows it: the next one as long as it is no surprise. */
const MARGIN = 0.05;

/** Calls after a step in which the bound stays: those of one accident must not be learnt from as if they were many. */
const REST = 10;

/**
 * Learns how long calls take: a quantile that follows what is seen, a step up or down with each call, so that no samples
 * are kept. A call is held up when it took longer than nearly all others, by more than ways may differ.
 * @param wayMs by how much two calls' ways may differ without harm
 */
export function createHoldUps(wayMs: number): HoldUps {
  let seen = 0;
  let bound = 0;
  let steppedAt = 0;
  const follow = (ms: number) => {
    if (ms <= bound) bound *= 1 - (STEP * SHARE) / (1 - SHARE);
    else if (seen > steppedAt + REST) {
      bound = Math.min(ms * (1 + MARGIN), bound * (1 + STEP));
      steppedAt = seen;
    }
  };
  return {
    isHeldUp: (ms) => {
      seen += 1;
      if (seen <= LEARNING) {
        bound = Math.max(bound, ms);
        return false;
      }
      const isHeldUp = ms > bound + wayMs;
      follow(ms);
      return isHeldUp;
    },
  };
}
