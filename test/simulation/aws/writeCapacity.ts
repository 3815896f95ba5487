import { tableUnits, unitsIn, type Written } from '../../../shared/catalog/capacity.ts';
import { INDEXES } from '../../../shared/catalog/table.ts';

/** Write units that a table has, and each of its indexes by itself. */
export interface WriteCapacity {
  /** Takes what a write needs, or nothing where a bucket lacks it: a full index refuses the table's writes. */
  take(written: Written): boolean;
  readonly taken: number;
  readonly refused: number;
}

/** Seconds' worth that a bucket holds. DynamoDB promises no more, though it often gives it. */
const HELD_SECONDS = 1;

/**
 * Token buckets as DynamoDB has them (docs.aws.amazon.com, "DynamoDB burst and adaptive capacity", "warm throughput"), full
 * at the beginning.
 * @param unitsPerSecond may be without end @param now epoch milliseconds
 */
export function createWriteCapacity(unitsPerSecond: number, now: () => number): WriteCapacity {
  const most = unitsPerSecond * HELD_SECONDS;
  const buckets = [undefined, ...INDEXES].map((index) => ({ index, left: most }));
  let filledAt = now();
  let [taken, refused] = [0, 0];
  const fill = () => {
    if (most === Number.POSITIVE_INFINITY) return;
    const more = ((now() - filledAt) * unitsPerSecond) / 1000;
    filledAt = now();
    for (const bucket of buckets) bucket.left = Math.min(most, bucket.left + more);
  };
  return {
    take: (written) => {
      fill();
      const wanted = buckets.map(({ index }) => (index ? unitsIn(index, written) : tableUnits(written)));
      // One write may need more than a bucket ever holds.
      const isFull = buckets.some(({ left }, nth) => left < Math.min(wanted[nth] as number, most));
      if (isFull) {
        refused += 1;
        return false;
      }
      for (const [nth, bucket] of buckets.entries()) bucket.left -= wanted[nth] as number;
      taken += wanted[0] as number;
      return true;
    },
    get taken() {
      return taken;
    },
    get refused() {
      return refused;
    },
  };
}
