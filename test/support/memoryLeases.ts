import type { Budget } from '../../shared/rate/budget.ts';
import type { SlotLeases, SlotRange } from '../../shared/rate/slotLease.ts';

export interface MemoryLeases extends SlotLeases {
  /** Every range that was leased, in order. */
  readonly granted: (SlotRange & { readonly window: number })[];
}

/**
 * Leases slots the way the table does, counter and stepping over past slots included, without a table.
 * @param wait waited before each of the two requests that a lease may take
 */
export function createMemoryLeases(budget: Budget, wait: () => Promise<void> = async () => {}): MemoryLeases {
  const used = new Map<number, number>();
  const granted: MemoryLeases['granted'] = [];
  const grant = (window: number, from: number, count: number) => {
    const range = { window, from, to: Math.min(from + count, budget.slots) };
    granted.push(range);
    return range;
  };
  return {
    granted,
    lease: async (window, count, atLeast) => {
      await wait();
      const before = used.get(window) ?? 0;
      if (before >= budget.slots) return undefined;
      used.set(window, before + count);
      if (before + count > atLeast) return grant(window, before, count);
      await wait();
      if ((used.get(window) ?? 0) > atLeast) return grant(window, before, count);
      used.set(window, atLeast + count);
      return grant(window, atLeast, count);
    },
  };
}
