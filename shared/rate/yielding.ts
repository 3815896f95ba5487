/** The share of its slots that a process uses: what it leaves out is for whoever else calls the API. */
export interface Yielding {
  /** Notes that the API refused a call, although the budget was kept. */
  refused(now: number): void;
  /** From {@link LEAST_SHARE} to 1. */
  share(now: number): number;
  /** Whether the next slot is one to use. Of the slots that are asked for in a row the share's part is. */
  takes(now: number): boolean;
}

/** A refusal says that calls are too many by what others call: a quarter less, again and again, soon makes room for them. */
const FALL = 0.75;

/** Calls under way are refused together: one of them speaks for all. */
const TOGETHER_MS = 1000;

/** Enough calls to notice that the others have ended. */
export const LEAST_SHARE = 0.05;

/**
 * How fast it comes back, a second: a quarter in 50 seconds. Whoever else calls all night is met by a refusal or two a
 * minute, and an accident costs seven seconds' calls.
 */
const RISE = 0.005;

/**
 * The limit is the app's, whose backend calls too (no page states whom it counts). The budget is kept, so a refusal means
 * that somebody else is calling: the share falls at once, and comes back slowly.
 */
export function createYielding(): Yielding {
  let fallenTo = 1;
  let fallenAt = 0;
  let credit = 0;
  const share = (now: number) => Math.min(1, fallenTo + (RISE * Math.max(0, now - fallenAt)) / 1000);
  return {
    refused: (now) => {
      if (fallenTo < 1 && now - fallenAt < TOGETHER_MS) return;
      fallenTo = Math.max(LEAST_SHARE, share(now) * FALL);
      fallenAt = now;
    },
    share,
    takes: (now) => {
      credit += share(now);
      if (credit < 1) return false;
      credit -= 1;
      return true;
    },
  };
}
