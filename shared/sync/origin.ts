import type { Snapshot } from './snapshot.ts';

/** The topics that a restore has put back under other ids: by the new id, the old one. */
export function originsIn(stored: readonly Snapshot[]): ReadonlyMap<string, string> {
  const restored = stored.flatMap(({ topicId, restoredAs }) =>
    restoredAs === undefined ? [] : [[restoredAs, topicId] as const],
  );
  return new Map(restored);
}

/** The snapshot with the id of the deleted topic that it is; the given one itself when it says so already, or is none. */
export function withOrigin(
  snapshot: Snapshot,
  origins: ReadonlyMap<string, string>,
  { observedAt }: { readonly observedAt: string },
): Snapshot {
  const restoredFrom = origins.get(snapshot.topicId);
  if (restoredFrom === undefined || snapshot.restoredFrom === restoredFrom) return snapshot;
  // No change of the topic: it gets no history entry, and is stored as what this answer shows.
  return { ...snapshot, restoredFrom, observedAt };
}
