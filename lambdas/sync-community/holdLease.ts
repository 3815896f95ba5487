import { CommunityBusyError, type SyncParts } from './outcome.ts';

/** How long one writer keeps the others away from a community; a killed one keeps them away no longer. */
export const LEASE_MS = 10_000;

/** No write begins this short before the lease ends, so that none arrives after it. */
const MARGIN_MS = 4_000;

/** A writer's lease of a community, made longer while it is in use. */
export interface HeldLease {
  /** Resolves when a write may begin. @throws {CommunityBusyError} when the lease was lost, or its time is up */
  keep(): Promise<void>;
}

/**
 * Holds a lease that was taken at `takenAt`. A community of many topics on a slow table may need longer than one
 * lease: it is extended shortly before its end, by one write for all who wait for it.
 */
export function holdLease(
  { catalog, writer, now, deadline, writesUntil = deadline }: SyncParts,
  groupId: string,
  takenAt: number,
): HeldLease {
  let endsAt = takenAt + LEASE_MS;
  let extending: Promise<void> | undefined;

  const extend = async () => {
    const until = now() + LEASE_MS;
    if (now() > writesUntil) throw new CommunityBusyError(`${groupId}: no time is left to write its topics`);
    const extended = await catalog.extendWriting(groupId, { writer, until: new Date(until).toISOString() });
    if (!extended) throw new CommunityBusyError(`${groupId}: the writer's lease ended before its work`);
    endsAt = until;
  };

  return {
    keep: async () => {
      if (now() <= endsAt - MARGIN_MS) return;
      extending ??= extend().finally(() => {
        extending = undefined;
      });
      await extending;
    },
  };
}
