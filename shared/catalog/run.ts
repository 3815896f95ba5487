/** RUNNING until close-run has counted; then as design words it: COMPLETE, INCOMPLETE or HELD. */
export type RunStatus = 'RUNNING' | 'COMPLETE' | 'INCOMPLETE' | 'HELD';

/** What `sync --json` prints of a finished run. */
export interface RunSummary {
  readonly runId: string;
  readonly status: Exclude<RunStatus, 'RUNNING'>;
  readonly elapsedMs: number;
  readonly communities: {
    readonly listed: number;
    readonly synced: number;
    readonly unchanged: number;
    readonly failed: number;
    readonly unsupported: number;
    /** Those that fail, or were not asked for, with a person's knowledge. */
    readonly ignored: number;
    readonly deleted: number;
  };
  readonly topics: {
    readonly active: number;
    /** Topics of communities that were seen for the first time. */
    readonly baseline: number;
    /** All other new ones. */
    readonly created: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly deleted: number;
    readonly restored: number;
    readonly missing: number;
    readonly held: number;
  };
  readonly messages: {
    /** Topics that had messages since the run before. */
    readonly topics: number;
    /** How many. */
    readonly new: number;
  };
  readonly api: {
    readonly calls: number;
    readonly listCalls: number;
    readonly retries: number;
    readonly rateLimited: number;
    readonly peakPerSecond: number;
  };
  readonly dynamodb: { readonly writeUnits: number; readonly readUnits: number };
  /** Unknown fields that changed in most of the updated topics, and no known field with them; absent when there is none. */
  readonly noisyFields?: readonly { readonly field: string; readonly topics: number }[];
}

/** A community that a run could not sync. */
export interface RunFailure {
  readonly groupId: string;
  readonly code?: number;
  readonly message: string;
}

/** What the guard said of a run's confirmed deletions. */
export interface Verdict {
  /** ISO 8601 UTC; what was confirmed later was not judged. */
  readonly judgedAt: string;
  /** Why they are held, a sentence each; empty when they may be carried out. */
  readonly reasons: readonly string[];
}

/** Ledger entry of one run. Times are ISO 8601 UTC. */
export interface Run {
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  /** When the schedule's event was last delivered: the listing began, or went on, then. */
  readonly listingAt: string;
  /** Pages of the list that are listed and queued. */
  readonly pages: number;
  /** Cursor of the next page, 64-bit unsigned, as digits; `0` before the first. */
  readonly next: string;
  /** Cursors followed so far, so that one that comes back is noticed. */
  readonly cursors: readonly string[];
  /** Unique mark of the request that advanced it last. */
  readonly advancedBy?: string;
  /** Group ids a page, halved when the API finds an answer too large. */
  readonly limit: number;
  /** Group ids on the pages so far, repeated ones included. */
  readonly listedIds: number;
  /** Smallest and largest TotalCount that a page has named. */
  readonly totalCountMin?: number;
  readonly totalCountMax?: number;
  /** When the last page was queued: the enumeration is complete. */
  readonly enumeratedAt?: string;
  /** Why the enumeration cannot be trusted to be complete. */
  readonly enumerationProblem?: string;
  /** When mirrored communities that the list did not name were queued. */
  readonly unlistedAskedAt?: string;
  /**
   * Mirrored communities that the list did not name, when they were too many to be asked for without a person's word;
   * 0 when they are so no more.
   */
  readonly shrunkBy?: number;
  /** When a person said that the list is true all the same. */
  readonly trustedAt?: string;
  /** What the guard said of the run's confirmed deletions; absent when there were none to judge. */
  readonly verdict?: Verdict;
  /** When the communities whose deletions may be carried out were queued. */
  readonly tombstonesAskedAt?: string;
  /** When a person released what was held. */
  readonly approvedAt?: string;
  /** When it was last opened again for communities that had failed. */
  readonly reopenedAt?: string;
  readonly listCalls: number;
  readonly retries: number;
  readonly rateLimited: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** An error that ends the run for every community, such as a wrong key. */
  readonly haltedBy?: { readonly code?: number; readonly message: string };
  readonly closedAt?: string;
  /** Why the run is INCOMPLETE or HELD, a sentence each. */
  readonly reasons?: readonly string[];
  /** The first failures, in the order of the group ids within a shard. */
  readonly failures?: readonly RunFailure[];
  readonly summary?: RunSummary;
}

/** Whether a closed run has asked for no unlisted community, and would if a person said that its list is true. */
export function awaitsTrust({ status, shrunkBy = 0, trustedAt }: Run): boolean {
  return status === 'INCOMPLETE' && shrunkBy > 0 && trustedAt === undefined;
}

/** Whether a closed run keeps confirmed deletions back that nobody has released. */
export function holdsDeletions({ status, verdict, approvedAt }: Run): boolean {
  return status !== 'RUNNING' && approvedAt === undefined && (verdict?.reasons.length ?? 0) > 0;
}
