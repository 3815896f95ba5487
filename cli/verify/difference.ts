/** What kind of thing is not the same in the catalog and in the app. */
export type DifferenceKind =
  | 'topic-not-in-catalog'
  | 'topic-not-in-app'
  | 'topic-unreadable'
  | 'field-differs'
  | 'community-not-in-catalog'
  | 'community-not-listed'
  | 'community-differs'
  | 'community-unreadable';

/** One thing that is not the same in the catalog and in the app, as `verify` prints it. */
export interface Difference {
  readonly groupId: string;
  readonly topicId?: string;
  readonly kind: DifferenceKind;
  /** The field that differs; one of those this project does not know is called `extra.Name`. */
  readonly field?: string;
  readonly catalog?: unknown;
  readonly api?: unknown;
  /** When the answer was asked for that the catalog holds, ISO 8601 UTC; absent when there was none yet. */
  readonly observedAt?: string;
  /** Seconds from that answer to the one it is compared with. */
  readonly ageSeconds?: number;
  /** The API's own times prove that the app has changed since `observedAt`: no fault of the mirror. */
  readonly newer?: true;
}
