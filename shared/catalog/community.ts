/** active: synced · unsupported: topics are not available in it · deleted: confirmed disbanded. */
export type CommunityStatus = 'active' | 'unsupported' | 'deleted';

/**
 * What a run made of a community. synced: what people set differed from the night before · unchanged: it did not ·
 * gone: get_topic says that it does not exist, which confirms a deletion only if the list does not name it either.
 */
export type CommunityOutcome = 'synced' | 'unchanged' | 'unsupported' | 'gone' | 'failed';

/** What one run did in one community; the run's summary is the sum of these. */
export interface CommunityRun {
  readonly id: string;
  readonly outcome: CommunityOutcome;
  /** When the last request of the run was sent, ISO 8601 UTC. */
  readonly askedAt: string;
  readonly baseline: number;
  readonly created: number;
  readonly updated: number;
  readonly restored: number;
  /** Topics to which messages came, and how many. */
  readonly messageTopics: number;
  readonly newMessages: number;
  /** Topics in which unknown fields alone have changed, by field; absent when there is none. */
  readonly noisy?: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly retries: number;
  readonly rateLimited: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/**
 * Deletions that the newest run to confirm any has confirmed in a community, and carried out. It stands beside the
 * run's block: an approved deletion may be carried out after a later run has been here.
 */
export interface CommunityDeletions {
  readonly runId: string;
  /** Topics confirmed gone that are no tombstones yet. */
  readonly confirmed: number;
  /** Topics that the run made tombstones. */
  readonly deleted: number;
  /** When the request was sent whose answer confirms that the community itself is gone, ISO 8601 UTC. */
  readonly goneAt?: string;
}

/** The stamp of a community: what the mirror knows of it as a whole. At most 1 KB, one write unit. */
export interface Community {
  readonly groupId: string;
  readonly status: CommunityStatus;
  /** Active topics. */
  readonly topicCount: number;
  readonly missingCount: number;
  /** Digest of the answer that snapshots and roster equal; absent while snapshots are being written. */
  readonly digest?: string;
  /** When the request of the last complete answer was sent, ISO 8601 UTC. */
  readonly lastSyncedAt?: string;
  readonly run?: CommunityRun;
  readonly deletions?: CommunityDeletions;
  /** When the request was sent whose answer confirmed that the community is gone, ISO 8601 UTC. */
  readonly deletedAt?: string;
  readonly lastErrorCode?: number;
  readonly lastError?: string;
  readonly failingSince?: string;
  /** The run whose message for the community failed with `lastError` before it came to an outcome. */
  readonly lastErrorRunId?: string;
  /** When a person said that its failure is known, ISO 8601 UTC, and why; until it is served again. */
  readonly ignoredAt?: string;
  readonly ignoredReason?: string;
  /** Who is writing the snapshots, and until when nobody else may; absent when nobody is. */
  readonly writer?: string;
  readonly writingUntil?: string;
}

/** Why a community could not be synced. */
export interface Failure {
  readonly code?: number;
  readonly message: string;
}

/** Whether a run has confirmed deletions in a community that are not carried out yet. */
export function hasCandidates({ status, deletions }: Community, runId: string): boolean {
  if (deletions?.runId !== runId) return false;
  return deletions.confirmed > 0 || (deletions.goneAt !== undefined && status !== 'deleted');
}
