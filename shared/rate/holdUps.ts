/** Tells calls that were held up on their way from those that took as long as calls take. */
export interface HoldUps {
  /** @param ms from a call's slot to its answer @returns whether it may have reached the API late */
  isHeldUp(ms: number): boolean;
}

/** Calls that are only learnt from, at first. */
const LEARNING = 50;

/** Least share of the calls that the bound lets lie above it: each that is taken for held up costs a slot. */
const SHARE = 0.003;

/**
 * The same where times differ much, be it that answers do or that many calls are held up: from outside a slow answer
 * cannot be told from a slow way, and with a smaller share seconds come to more than the ceiling, if rarely.
 */
const WIDE_SHARE = 0.01;

/** Times differ much where the bound is so many times as long as a call usually takes. */
const WIDE = 2;

/** How far each call moves the time that a call usually takes: half of the calls up, half of them down. */
const USUAL_STEP = 0.02;

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
  let usual = 0;
  let steppedAt = 0;
  const follow = (ms: number) => {
    const share = bound > WIDE * usual ? WIDE_SHARE : SHARE;
    if (ms <= bound) bound *= 1 - (STEP * share) / (1 - share);
    else if (seen > steppedAt + REST) {
      bound = Math.min(ms * (1 + MARGIN), bound * (1 + STEP));
      steppedAt = seen;
    }
  };
  return {
    isHeldUp: (ms) => {
      seen += 1;
      usual = usual === 0 ? Math.max(0, ms) : usual * (ms > usual ? 1 + USUAL_STEP : 1 / (1 + USUAL_STEP));
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
