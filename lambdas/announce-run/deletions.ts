import { topicsWanting } from '../../shared/catalog/attention.ts';
import type { Store } from '../../shared/catalog/store.ts';
import type { RunClosedEvent } from '../../shared/events.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';

/** Waits between looks for tombstones that an index does not show yet: it is normally less than a second behind. */
const WAITS_MS = [500, 1_000, 2_000];

/** The tombstones that a run has made, as far as a message names them. */
export interface Deletions {
  /** The first of them, in the order of time. */
  readonly topics: readonly Snapshot[];
  /** How many there are to be read; the run may have counted more. */
  readonly found: number;
}

/**
 * Reads the topics that a run has found deleted, and looks again a few times while they are fewer than it counted.
 * It reads tombstones since the run began, not the history of its days: a day's history holds every edit, and a run that
 * was released late spans many days.
 * @param most how many of them to return
 */
export async function deletionsOf(
  { store, sleep }: { readonly store: Store; readonly sleep: (ms: number) => Promise<void> },
  run: RunClosedEvent,
  most: number,
): Promise<Deletions> {
  const counted = run.summary.topics.deleted;
  if (counted === 0) return { topics: [], found: 0 };
  let deletions = await look(store, run, most);
  for (const wait of WAITS_MS) {
    if (deletions.found >= counted) return deletions;
    await sleep(wait);
    deletions = await look(store, run, most);
  }
  return deletions;
}

async function look(store: Store, { sdkAppId, runId, startedAt }: RunClosedEvent, most: number) {
  const topics: Snapshot[] = [];
  let found = 0;
  for await (const topic of topicsWanting(store, sdkAppId, 'topic-deleted', startedAt)) {
    // Another run may have been released, or closed, meanwhile.
    if (topic.lastChange.runId !== runId) continue;
    found += 1;
    if (topics.length < most) topics.push(topic);
  }
  return { topics, found };
}
