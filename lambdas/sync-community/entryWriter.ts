import DataLoader from 'dataloader';
import { putActivity } from '../../shared/catalog/activity.ts';
import type { Store } from '../../shared/catalog/store.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import type { ActivityEntry } from '../../shared/sync/roster.ts';

/** Stores an activity entry; what it consumes is added to the meter. @throws the store's error */
export type EntryWriter = (entry: ActivityEntry, meter: UnitMeter) => Promise<void>;

/** How long the first entry of a request waits for others: ten communities' answers come within 50 ms at 200 calls a second. */
const WAIT_MS = 20;

/** Stores the entries of communities that are mirrored at the same time by one request for all of them. */
export function createEntryWriter(store: Store, sdkAppId: number, days: number): EntryWriter {
  type Writing = { readonly entry: ActivityEntry; readonly meter: UnitMeter };
  const loader = new DataLoader<Writing, void>(
    async (all) => {
      await putActivity(store, sdkAppId, all, days);
      return all.map(() => undefined);
    },
    { cache: false, batchScheduleFn: (write) => setTimeout(write, WAIT_MS) },
  );
  return (entry, meter) => loader.load({ entry, meter });
}
