import { type Clock, type Pacer, systemClock } from './pacer.ts';

/** A pacer that lets every call go at once: for a process that is alone with its calls. */
export const UNPACED: Pacer = { acquire: async () => ({ settled: () => {} }), slowDown: () => {} };

/**
 * A pacer of one call at a time, each a while after the last one was answered. By its slot alone a call that was held up on
 * its way could meet the next one; that a call has been answered proves when it had arrived at the latest.
 * @param restMs from an answer to the next call, milliseconds
 */
export function withRest(pacer: Pacer, restMs: number, clock: Clock = systemClock): Pacer {
  let last: Promise<void> = Promise.resolve();
  const rest = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  return {
    ...pacer,
    acquire: async (...asked) => {
      const before = last;
      const ended = Promise.withResolvers<void>();
      last = ended.promise.then(() => rest(restMs));
      await before;
      const permit = await pacer.acquire(...asked).catch((error: unknown) => {
        ended.resolve();
        throw error;
      });
      return {
        settled: () => {
          permit.settled();
          ended.resolve();
        },
      };
    },
  };
}
