import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import fakeTimers from '@sinonjs/fake-timers';
import { Draw } from '../../simulator/random.ts';

/** When every simulation begins, so that one seed is the same night in any year. */
export const BEGINNING = Date.parse('2026-11-22T00:55:00.000Z');

/** The time that the code under test lives in. It passes only when no promise can make progress. */
export interface VirtualTime {
  now(): number;
  /** Calls back after a delay in milliseconds, never late. */
  after(ms: number, callback: () => void): void;
  wait(ms: number): Promise<void>;
  /** Runs until the condition holds, nothing is left to happen, or a moment is reached (epoch milliseconds). */
  run(isDone: () => boolean, until?: number): Promise<void>;
  /** Goes back to the beginning with other chances; whatever still waited is forgotten. */
  restart(seed: number, lateness: () => number): void;
}

/**
 * Replaces time and chance of the whole process: timers, dates, node:timers/promises, Math.random and randomUUID.
 * Call it once, before anything that keeps a timer function to itself is imported.
 */
export function installVirtualTime(): VirtualTime {
  const settled = promisesOf(setImmediate);
  const clock = fakeTimers.install({
    now: BEGINNING,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const punctual = clock.setTimeout;
  let lateness = () => 0;
  // Only callbacks are late, as those of the pacer; what a promise of a delay is late is in the latencies.
  const late = (callback: () => void, ms = 0) => punctual(callback, ms + lateness());
  globalThis.setTimeout = late as unknown as typeof globalThis.setTimeout;
  const chance = installChance();
  syncBuiltinESMExports();

  return {
    now: () => clock.now,
    after: (ms, callback) => void punctual(callback, ms),
    wait: (ms) => new Promise<void>((resolve) => punctual(() => resolve(), ms)),
    run: async (isDone, until = Number.POSITIVE_INFINITY) => {
      for (await settled(); !isDone() && clock.countTimers() > 0; await settled()) {
        if (clock.now >= until) return;
        clock.next();
      }
    },
    restart: (seed, late) => {
      clock.reset();
      lateness = late;
      chance.restart(seed);
    },
  };
}

/** Waits until every promise that can go on has done so: the real event loop then has nothing else to do. */
function promisesOf(immediate: typeof setImmediate): () => Promise<void> {
  return () => new Promise((resolve) => immediate(resolve));
}

function installChance(): { restart(seed: number): void } {
  let draw = new Draw(0);
  let ids = 0;
  Math.random = () => draw.fraction();
  crypto.randomUUID = () =>
    `${(++ids).toString(16).padStart(8, '0')}-0000-4000-8000-${draw
      .int(0, 2 ** 32 - 1)
      .toString(16)
      .padStart(12, '0')}` as ReturnType<typeof crypto.randomUUID>;
  return {
    restart: (seed) => {
      draw = new Draw(seed, 0xa11);
      ids = 0;
    },
  };
}
