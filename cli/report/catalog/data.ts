import type { Community } from '../../../shared/catalog/community.ts';
import type { Run, RunSummary } from '../../../shared/catalog/run.ts';
import type { Snapshot, TopicDetails } from '../../../shared/sync/snapshot.ts';
import type { NamedActiveTopic } from '../../namedActiveTopics.ts';

/** A run that has ended. */
export type ClosedRun = Run & { readonly closedAt: string; readonly summary: RunSummary };

/** A community, and what its active topics amount to. */
export interface CommunityFacts {
  readonly community: Community;
  /** Messages ever sent in its active topics, as far as the API says. */
  readonly messages: number;
  /** Newest message in them, epoch seconds; undefined when there was none. */
  readonly lastMessageAt?: number;
}

type Details = 'topicName' | 'createTime' | 'lastMsgTime' | 'nextMsgSeq' | 'muteAllMember';

/** What is shown of a topic. */
export interface TopicFacts
  extends Pick<Snapshot, 'groupId' | 'topicId' | 'status'>,
    Pick<TopicDetails, Details> {}

/** What is shown of a tombstone: what the topic was, and what became of it. */
export interface DeletedFacts
  extends TopicFacts,
    Pick<Snapshot, 'deletedAt' | 'deletedCode' | 'firstSeenAt'> {}

/** Rows of a table that may have more of them than the page should hold. */
export interface Kept<T> {
  readonly kept: readonly T[];
  /** How many there are. */
  readonly all: number;
}

/** What the catalog says of all communities and topics. */
export interface Census {
  readonly communities: Kept<CommunityFacts>;
  /** Active communities by their topics, most first; and by their newest message, oldest first. */
  readonly largest: readonly CommunityFacts[];
  readonly quietest: readonly CommunityFacts[];
  readonly failing: Kept<CommunityFacts>;
  /** Active and missing topics, most messages first. */
  readonly topics: Kept<TopicFacts>;
  /** Tombstones, newest first. */
  readonly deleted: Kept<DeletedFacts>;
  readonly counts: {
    /** Communities by their status. */
    readonly communities: Readonly<Record<Community['status'], number>>;
    readonly topics: Readonly<Record<Snapshot['status'], number>>;
    readonly messages: number;
  };
}

/** Everything that a report is made of. */
export interface ReportData {
  readonly sdkAppId: number;
  /** When it was read, ISO 8601 UTC. */
  readonly readAt: string;
  /** Runs of the last days, newest first; the first may be under way. */
  readonly runs: readonly Run[];
  /** The topics with the most new messages in the newest run that has ended. */
  readonly active: readonly NamedActiveTopic[];
  readonly census: Census;
}

/** The newest run that has ended: what the report is as of. A run that was opened again is counted anew. */
export function newestClosed({ runs }: Pick<ReportData, 'runs'>): ClosedRun | undefined {
  return runs.find(isClosed);
}

export function isClosed(run: Run): run is ClosedRun {
  return run.status !== 'RUNNING' && run.closedAt !== undefined && run.summary !== undefined;
}

/** Whether a community could not be read. One without the topic feature is no failure while nothing is mirrored of it. */
export function isFailing({ status, run, lastError }: Community): boolean {
  if (lastError === undefined) return false;
  return !(status === 'unsupported' && run?.outcome === 'unsupported');
}
