import type { Clock } from '../../shared/rate/pacer.ts';

/** A clock that stands still until a test lets it run, with timers that fire the way Node's do. */
export interface VirtualClock extends Clock {
  /** The time with its fraction of a millisecond, which `now` does not show. */
  time(): number;
  sleep(ms: number): Promise<void>;
  /** Runs every timer that is due until then, each followed by all that its callback sets off. */
  runUntil(time: number): Promise<void>;
}

export interface VirtualClockOptions {
  readonly startAt?: number;
  /** How much too late the next timer fires, milliseconds. */
  readonly lateness?: () => number;
}

export function createVirtualClock({
  startAt = 0,
  lateness = () => 0,
}: VirtualClockOptions = {}): VirtualClock {
  const timers: { at: number; callback: () => void }[] = [];
  let time = startAt;
  const add = (at: number, callback: () => void) => {
    const index = timers.findIndex((timer) => timer.at > at);
    timers.splice(index < 0 ? timers.length : index, 0, { at, callback });
  };
  return {
    now: () => Math.floor(time),
    time: () => time,
    // Node cuts a delay to whole milliseconds, and never waits less than one.
    after: (ms, callback) => add(time + Math.max(1, Math.trunc(ms)) + lateness(), callback),
    sleep: (ms) => new Promise((resolve) => add(time + ms, resolve)),
    runUntil: async (until) => {
      await settled();
      while (timers[0] && timers[0].at <= until) {
        const next = timers.shift() as (typeof timers)[number];
        time = Math.max(time, next.at);
        next.callback();
        await settled();
      }
      time = Math.max(time, until);
    },
  };
}

/** Waits until no promise has anything left to do. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
