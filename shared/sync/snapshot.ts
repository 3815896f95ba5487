import type { TopicFields } from '../chat/types.ts';

/**
 * active: in the community's last answer, or shown when it was asked for by id · missing: absent; with `confirmedAt`
 * a candidate for a tombstone, which waits for the run to be judged · deleted: a tombstone.
 */
export type TopicStatus = 'active' | 'missing' | 'deleted';

export type ChangeKind = 'created' | 'updated' | 'deleted' | 'restored';

/** What a run as a whole did to a topic. baseline: it came with its community's first answer, and has no entry of that. */
export type RunKind = ChangeKind | 'baseline';

/** What a topic holds besides its id: its profile and its activity. A field that the API did not send is absent. */
export type TopicDetails = Partial<Omit<TopicFields, 'topicId'>>;

/** What people set. Its `extra` has the unknown fields that are no counters. */
export type TopicProfile = Omit<TopicDetails, 'nextMsgSeq' | 'lastMsgTime'>;

/** What talking moves. Its `extra` has the unknown fields that are counters. */
export type TopicActivity = Pick<TopicDetails, 'nextMsgSeq' | 'lastMsgTime' | 'extra'>;

/** One history entry of a topic's profile. Times are ISO 8601 UTC with milliseconds. */
export interface Change {
  /** When the request whose answer showed the change was sent; unique for a topic. */
  readonly observedAt: string;
  readonly runId: string;
  readonly kind: ChangeKind;
  readonly groupId: string;
  readonly topicId: string;
  /** The changed fields as they were, of a deleted topic all of them, activity included; absent for one that is new. */
  readonly before?: TopicDetails;
  /** The changed fields as they are; a field in `before` alone is no longer sent. */
  readonly after?: TopicDetails;
  /** Of a deleted topic: the id under which it was put back into its community. */
  readonly restoredAs?: string;
  /** Of a created topic: the id of the deleted one that it is. */
  readonly restoredFrom?: string;
  /** Of a created topic: it came with its community's first answer. The entry is derived, and stored nowhere. */
  readonly baseline?: true;
}

/** What the mirror holds of a topic. */
export interface Snapshot {
  readonly groupId: string;
  readonly topicId: string;
  readonly profile: TopicProfile;
  /**
   * As the community's roster has it; of a tombstone, the last that was known, and so of a topic that is back until the roster
   * has it. Never a reason to write the topic.
   */
  readonly activity?: TopicActivity;
  readonly status: TopicStatus;
  readonly firstSeenAt: string;
  /** Time of the newest history entry. */
  readonly lastChangedAt: string;
  /** When the request whose answer this snapshot shows was sent; never moves backwards. */
  readonly observedAt: string;
  readonly missingSince?: string;
  /** Why nothing can be concluded of a missing topic; absent once it is confirmed gone. */
  readonly missingReason?: string;
  /** When the request was sent whose answer confirms that a missing topic is gone. */
  readonly confirmedAt?: string;
  /** The code of that answer. */
  readonly confirmedCode?: number;
  /** The run that asked, and that may make the topic a tombstone. */
  readonly confirmedRunId?: string;
  readonly deletedAt?: string;
  readonly deletedCode?: number;
  /** Of a tombstone: the id under which the topic was put back into its community. */
  readonly restoredAs?: string;
  /** The id of the deleted topic that this one is. */
  readonly restoredFrom?: string;
  readonly lastChange: LastChange;
}

/**
 * The newest change, carried by the snapshot that it made, so that its history entry can be written again after
 * a crash between the two writes.
 */
export interface LastChange {
  readonly runId: string;
  readonly kind: ChangeKind;
  /** What the run as a whole did to the topic: created stays created when the same run sees an update too. */
  readonly runKind: RunKind;
  readonly before?: TopicDetails;
  readonly after?: TopicDetails;
}

/** Whether the change that made a snapshot has a history entry: what a community's first answer holds has none. */
export function hasEntry({ lastChange: { kind, runKind } }: Snapshot): boolean {
  return !(kind === 'created' && runKind === 'baseline');
}

/** The history entry of the change that made a snapshot. */
export function changeOf(snapshot: Snapshot): Change {
  const { groupId, topicId, lastChangedAt: observedAt, lastChange } = snapshot;
  const { runId, kind, before, after } = lastChange;
  return {
    ...{ observedAt, runId, kind, groupId, topicId },
    ...(before && { before }),
    ...(after && { after }),
    ...pointerOf(snapshot),
  };
}

/** Where the topic went to, or came from, as the entry of its end or its beginning tells it. */
function pointerOf({ lastChange: { kind }, restoredAs, restoredFrom }: Snapshot) {
  if (kind === 'deleted' && restoredAs !== undefined) return { restoredAs };
  return kind === 'created' && restoredFrom !== undefined ? { restoredFrom } : {};
}

/** Whether a run has confirmed that a topic is gone, and it is no tombstone yet. */
export function isCandidate({ status, confirmedRunId }: Snapshot, runId: string): boolean {
  return status === 'missing' && confirmedRunId === runId;
}

/** A snapshot without what is only known of a topic that is missing. */
export function withoutAbsence(snapshot: Snapshot): Snapshot {
  const {
    missingSince: _1,
    missingReason: _2,
    confirmedAt: _3,
    confirmedCode: _4,
    confirmedRunId: _5,
    ...rest
  } = snapshot;
  return rest;
}
