/** Resolution of the rolling second, milliseconds. */
const BIN_MS = 10;

/** Counts calls by the moment they were sent and finds the busiest rolling second, in memory that grows with time only. */
export interface PeakCounter {
  /** @param at epoch milliseconds */
  add(at: number): void;
  /** Most calls in any rolling second, to within one bin of 10 ms. */
  peak(): number;
}

export function createPeakCounter(): PeakCounter {
  const bins = new Map<number, number>();
  return {
    add: (at) => {
      const bin = Math.floor(at / BIN_MS);
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    },
    peak: () => {
      const ordered = [...bins].sort(([a], [b]) => a - b);
      let most = 0;
      let sum = 0;
      let first = 0;
      for (const [bin, count] of ordered) {
        sum += count;
        for (let entry = ordered[first]; entry && entry[0] <= bin - 1000 / BIN_MS; entry = ordered[first]) {
          sum -= entry[1];
          first += 1;
        }
        most = Math.max(most, sum);
      }
      return most;
    },
  };
}
