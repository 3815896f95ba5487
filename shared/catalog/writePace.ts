import { setTimeout as sleep } from 'node:timers/promises';

/** How fast this process writes in batches once the table sends writes back. */
export interface WritePace {
  /**
   * Resolves when some writes may be sent, in the order of asking: at once as long as the table takes whatever comes.
   * @param until whoever waits longer goes without a turn, epoch milliseconds
   */
  turn(writes: number, until: number): Promise<void>;
  /** To be told of every request that writes: how much of it the table took, and how much it sent back. */
  answered(taken: number, sentBack: number): void;
}

export interface PaceClock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

/** What the table takes is judged by so many milliseconds at a time. */
const WINDOW_MS = 1000;

/**
 * How much more than it takes the table is offered: it is never idle so, and one in ten writes sent back, be it for one
 * busy partition, slows nobody down.
 */
const OFFERED = 1.1;

/** A batch: what a table that takes nothing is tried with each second, and what is added in a second that went well. */
const STEP = 25;

/** After so long without too many writes sent back the table takes whatever comes. */
const CALM_MS = 30_000;

/**
 * Follows what the table takes: after a second in which it sent more back than it should, the next has a little more than
 * it took; after any other, a little more than before. Each process finds its share by itself: nobody is asked.
 */
export function createWritePace({ now, sleep: wait }: PaceClock = { now: Date.now, sleep }): WritePace {
  let perSecond = Number.POSITIVE_INFINITY;
  let freeAt = 0;
  let loweredAt = 0;
  let window = { from: now(), taken: 0, sentBack: 0 };
  let last: Promise<void> | undefined;

  const judge = () => {
    const at = now();
    const elapsed = at - window.from;
    if (elapsed < WINDOW_MS) return;
    const { taken, sentBack } = window;
    if (sentBack > taken * (OFFERED - 1)) {
      perSecond = Math.max(STEP, (OFFERED * taken * 1000) / elapsed);
      loweredAt = at;
    } else if (at - loweredAt >= CALM_MS) perSecond = Number.POSITIVE_INFINITY;
    else perSecond = perSecond * OFFERED + STEP;
    window = { from: at, taken: 0, sentBack: 0 };
  };

  const take = async (writes: number, until: number) => {
    judge();
    if (perSecond === Number.POSITIVE_INFINITY) return;
    const ms = Math.min(freeAt, until) - now();
    if (ms > 0) await wait(ms);
    freeAt = Math.max(freeAt, now()) + (writes * 1000) / perSecond;
  };

  return {
    turn: (writes, until) => {
      const mine = last ? last.then(() => take(writes, until)) : take(writes, until);
      last = mine;
      void mine.finally(() => {
        if (last === mine) last = undefined;
      });
      return mine;
    },
    answered: (taken, sentBack) => {
      judge();
      window.taken += taken;
      window.sentBack += sentBack;
    },
  };
}
