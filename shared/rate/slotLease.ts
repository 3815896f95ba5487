import { slotsKey } from '../catalog/keys.ts';
import type { Store } from '../catalog/store.ts';
import { TABLE } from '../catalog/table.ts';
import { updateItem } from '../catalog/writeItems.ts';
import type { Budget } from './budget.ts';

/** Slots `from` to `to` (exclusive) of a window, nobody else's. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
}

/** The slots that all consumers share. */
export interface SlotLeases {
  /** Leases slots of a window. @returns undefined when the window has too few left */
  lease(window: number, count: number, atLeast: number): Promise<SlotRange | undefined>;
}

/** Leases are forgotten after an hour; DynamoDB drops them within two days of that. */
const KEEP_SECONDS = 3600;

/**
 * Leases in the table: one counter a window, so that every consumer's grants are disjoint. A lost answer
 * or a repeated request only wastes slots; nothing is ever given back, so nothing needs repair. A throttled request is
 * an error at once: the pacer asks again, for slots that are ahead by then.
 */
export function leasesInTable(shared: Store, sdkAppId: number, budget: Budget): SlotLeases {
  const store = { ...shared, until: 0 };
  const { slots } = budget;
  const update = (window: number, change: string, condition?: string, values: Record<string, number> = {}) =>
    updateItem(
      store,
      slotsKey(sdkAppId, budget.api, window),
      {
        expression: `SET #ttl = :expiry${change}`,
        names: { '#used': 'used', '#ttl': TABLE.ttl },
        values: { ...values, ':expiry': Math.floor((window * budget.windowMs) / 1000) + KEEP_SECONDS },
      },
      condition === undefined ? undefined : { expression: condition },
    );
  return {
    lease: async (window, count, atLeast) => {
      // The last lease of a window may reach past its end: the condition asks for one slot, the grant is cut.
      const within = (from: number): SlotRange => ({ from, to: Math.min(from + count, slots) });
      const isLeft = 'attribute_not_exists(#used) OR #used < :slots';
      const granted = await update(window, ' ADD #used :count', isLeft, { ':count': count, ':slots': slots });
      if (!granted) return undefined;
      const used = granted['used'] as number;
      if (used > atLeast) return within(used - count);
      // Nobody has called for a while: step over the slots that are past, for everybody.
      const past = { ':from': atLeast, ':to': atLeast + count };
      const stepped = await update(window, ', #used = :to', '#used <= :from', past);
      return within(stepped ? atLeast : used - count);
    },
  };
}
