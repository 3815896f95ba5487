import { METRICS, type Metrics } from '../../shared/metrics.ts';

/** From one line that counts to the next: a consumer that is too slow drops slots all the time. */
const EVERY_MS = 10_000;

/** Counts dropped slots: the first at once, those that follow soon together with the first one after that. */
export function countDroppedSlots(metrics: Metrics, now: () => number): (count: number) => void {
  let gathered = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  return (count) => {
    gathered += count;
    if (now() < countedAt + EVERY_MS) return;
    metrics.count({ [METRICS.droppedSlots]: gathered });
    [gathered, countedAt] = [0, now()];
  };
}
