/** How fast this process writes in batches once the table sends writes back. */
export interface WritePace {
  /** Takes a turn for some writes. @returns milliseconds until it, 0 as long as the table takes whatever comes */
  turn(writes: number): number;
  /** To be told of every request that writes: how much of it the table took, and how much it sent back. */
  answered(taken: number, sentBack: number): void;
}

/** What the table takes is judged by so many milliseconds at a time. */
const WINDOW_MS = 1000;

/**
 * How much more than it takes the table is offered: it is never idle so, and one in ten writes sent back, be it for one
 * busy partition, slows nobody down.
 */
const OFFERED = 1.1;

/** A table that takes nothing is still tried with a batch of 25 a second. */
const LEAST_PER_SECOND = 25;

/** After so long without too many writes sent back the table takes whatever comes. */
const CALM_MS = 30_000;

/**
 * Follows what the table takes: after a second in which it sent more back than it should, the next has a little more than
 * it took; after any other, a little more than before. Each process finds its share by itself: nobody is asked.
 * @param now epoch milliseconds
 */
export function createWritePace(now: () => number = Date.now): WritePace {
  let perSecond = Number.POSITIVE_INFINITY;
  /** When the turns that were given are over. */
  let freeAt = 0;
  let loweredAt = 0;
  let window = { from: now(), taken: 0, sentBack: 0 };

  const judge = () => {
    const at = now();
    const elapsed = at - window.from;
    if (elapsed < WINDOW_MS) return;
    const { taken, sentBack } = window;
    if (sentBack > taken * (OFFERED - 1)) {
      perSecond = Math.max(LEAST_PER_SECOND, (OFFERED * taken * 1000) / elapsed);
      loweredAt = at;
    } else if (at - loweredAt >= CALM_MS) perSecond = Number.POSITIVE_INFINITY;
    else perSecond *= OFFERED ** (elapsed / WINDOW_MS);
    window = { from: at, taken: 0, sentBack: 0 };
  };

  return {
    turn: (writes) => {
      judge();
      const at = now();
      const turn = Math.max(at, freeAt);
      freeAt = turn + (writes * 1000) / perSecond;
      return turn - at;
    },
    answered: (taken, sentBack) => {
      judge();
      window.taken += taken;
      window.sentBack += sentBack;
    },
  };
}
