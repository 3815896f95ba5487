import { slotsKey } from '../../shared/catalog/keys.ts';
import { getItem } from '../../shared/catalog/readItems.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { GET_TOPIC_CEILING, MOST_CALLS_PER_SECOND } from '../../shared/config.ts';
import { slotTime, topicBudget, windowAt } from '../../shared/rate/budget.ts';

/** Two moments, epoch milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How many slots of get_topic that were due in a stretch some consumer leased, or stepped over. */
export async function leasedSlots(store: Store, sdkAppId: number, { from, to }: Stretch): Promise<number> {
  const budget = topicBudget(MOST_CALLS_PER_SECOND, GET_TOPIC_CEILING);
  let leased = 0;
  for (let window = windowAt(budget, from); window <= windowAt(budget, to); window++) {
    const item = await getItem(store, slotsKey(sdkAppId, budget.api, window), true);
    // The last lease of a window may reach past its end.
    const used = Math.min(Number(item?.['used'] ?? 0), budget.slots);
    for (let slot = 0; slot < used; slot++) {
      const dueAt = slotTime(budget, window, slot);
      if (dueAt >= from && dueAt < to) leased++;
    }
  }
  return leased;
}
