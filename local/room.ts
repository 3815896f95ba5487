/** How many batches may be under way at once, by how long the last ones took. */
export interface Room {
  readonly batches: number;
  /** Tells of a batch that has ended. @param startedAt and @param endedAt epoch milliseconds */
  ended(startedAt: number, endedAt: number): void;
}

/** Enough to fill the budget at ordinary latencies from the first second on. */
const FIRST = 10;

/** However slow everything is, this many go on. */
const LEAST = 5;

/**
 * A batch that takes longer has waited for more than its slots and its answers: the store, or the API, is slow. More at
 * once would make each of them slower, up to the end of its invocation, and no night faster.
 */
const SLOW_MS = 5000;

/** One more for each batch that was quick, up to `most`; half as many, once for all of them, when they get slow. */
export function createRoom(most: number): Room {
  let batches = Math.min(most, FIRST);
  let halvedAt = Number.NEGATIVE_INFINITY;
  return {
    get batches() {
      return batches;
    },
    ended: (startedAt, endedAt) => {
      if (endedAt - startedAt <= SLOW_MS) batches = Math.min(most, batches + 1);
      // What began before the last step back says nothing of how it is since.
      else if (startedAt >= halvedAt) {
        batches = Math.min(batches, Math.max(LEAST, Math.floor(batches / 2)));
        halvedAt = endedAt;
      }
    },
  };
}
