import { slotsKey } from '../catalog/keys.ts';
import { type Expression, type Store, updateItem } from '../catalog/store.ts';
import { TABLE } from '../catalog/table.ts';
import type { Budget } from './budget.ts';

/** Slots `from` to `to` (exclusive) of a window, nobody else's. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
}

/** Leases slots of a window. @returns undefined when the window has too few left */
export type LeaseSlots = (window: number, count: number, atLeast: number) => Promise<SlotRange | undefined>;

/** Leases are forgotten after an hour; DynamoDB drops them within two days of that. */
const KEEP_SECONDS = 3600;

/**
 * Leases slots from the table: one counter a window, so that every consumer's grants are disjoint. A lost answer
 * or a repeated request only wastes slots; nothing is ever given back, so nothing needs repair.
 */
export function leaseFromTable(store: Store, sdkAppId: number, budget: Budget): LeaseSlots {
  return async (window, count, atLeast) => {
    const key = slotsKey(sdkAppId, budget.api, window);
    const expiry = Math.floor((window * budget.windowMs) / 1000) + KEEP_SECONDS;
    const lease = (update: string, condition: string, values: Record<string, number>) => {
      const names = { '#used': 'used', '#ttl': TABLE.ttl };
      const change: Expression = {
        expression: `SET #ttl = :expiry${update}`,
        names,
        values: { ...values, ':expiry': expiry },
      };
      return updateItem(store, key, change, { expression: condition });
    };
    // The last lease of a window may reach past its end: the condition asks for one slot, the grant is cut.
    const within = (from: number): SlotRange => ({ from, to: Math.min(from + count, budget.slots) });
    const granted = await lease(' ADD #used :count', 'attribute_not_exists(#used) OR #used < :slots', {
      ':count': count,
      ':slots': budget.slots,
    });
    if (!granted) return undefined;
    const used = granted['used'] as number;
    if (used > atLeast) return within(used - count);
    // Nobody has called for a while: step over the slots that are past, for everybody.
    const stepped = await lease(', #used = :to', '#used <= :from', {
      ':from': atLeast,
      ':to': atLeast + count,
    });
    return within(stepped ? atLeast : used - count);
  };
}
