import type { Run } from './catalog/run.ts';
import type { ChangeKind, TopicDetails } from './sync/snapshot.ts';

/** Version of the events' details: it grows when a field changes its meaning or goes, not when one is added. */
export const EVENT_VERSION = 1;

/** `source` of every event. */
export const EVENT_SOURCE = 'topic-mirror';

/** `detail-type` of an event, by what happened. */
export const DETAIL_TYPES = {
  created: 'Topic Created',
  updated: 'Topic Updated',
  deleted: 'Topic Deleted',
  restored: 'Topic Restored',
  runClosed: 'Run Closed',
} as const satisfies Record<ChangeKind | 'runClosed', string>;

/**
 * A change of what people set in one topic, or of whether it is there. Messages make none, nor do the topics that a community
 * is first seen with. Times are ISO 8601 UTC with milliseconds.
 */
export interface TopicEvent {
  readonly version: typeof EVENT_VERSION;
  readonly sdkAppId: number;
  readonly runId: string;
  /** When the request whose answer showed the change was sent. */
  readonly observedAt: string;
  readonly kind: ChangeKind;
  readonly groupId: string;
  readonly topicId: string;
  /** The changed fields as they were; of a deleted topic all of them, its counters too. */
  readonly before?: TopicDetails;
  /** The changed fields as they are; of a created topic all that people set. */
  readonly after?: TopicDetails;
  /** Of a created topic: the id of the deleted one that it is. */
  readonly restoredFrom?: string;
  /** Set when `before` and `after` were left out because the bus would not take the event with them. */
  readonly truncated?: true;
}

/** The end of a run, as its ledger entry has it. */
export interface RunClosedEvent extends Required<Pick<Run, 'runId' | 'startedAt' | 'closedAt'>> {
  readonly version: typeof EVENT_VERSION;
  readonly sdkAppId: number;
  readonly status: 'COMPLETE' | 'INCOMPLETE' | 'HELD';
  /** Why it is not COMPLETE, a sentence each. */
  readonly reasons: NonNullable<Run['reasons']>;
  /** The first failures. */
  readonly failures: NonNullable<Run['failures']>;
  readonly summary: NonNullable<Run['summary']>;
  /** When a person released what the run had held: it has then closed once more, and this is the second event. */
  readonly approvedAt?: string;
  /** Set when `failures` was emptied because the bus would not take the event with it. */
  readonly truncated?: true;
}

/**
 * What the bus carries. Events may come more than once: a topic's event is the same as another when sdkAppId,
 * groupId, topicId and observedAt are, a run's when sdkAppId, runId and closedAt are.
 */
export type MirrorEvent = TopicEvent | RunClosedEvent;
