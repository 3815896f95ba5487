/** Where a topic is put. */
export interface Place {
  readonly sdkAppId: number;
  readonly groupId: string;
}

/** Names one restore: which topic, and where to. */
export interface RestoreId {
  readonly groupId: string;
  readonly topicId: string;
  readonly to: Place;
}

/**
 * A restore as it is stored: the intent before the call, afterwards the mapping from the old id to the new one. Times
 * are ISO 8601 UTC with milliseconds.
 */
export interface Restore extends RestoreId {
  /** begun: somebody is or was at it · done: the topic is there as `newTopicId`. */
  readonly state: 'begun' | 'done';
  /** Which deletion it makes up for; absent when the topic is copied elsewhere. */
  readonly deletedAt?: string;
  /** What the topic is put back with: those with the same digest cannot be told apart. */
  readonly content: string;
  readonly topicName?: string;
  /** Who is at it, and until when nobody else may be. */
  readonly owner: string;
  readonly until: string;
  /** Since when a call may have been carried out of which no answer was heard. */
  readonly sentAt?: string;
  readonly newTopicId?: string;
  readonly doneAt?: string;
  /** When the tombstone was told of the new id; needed only where the id is another. */
  readonly linkedAt?: string;
  /** Unique mark of the last write: by it the next one knows that nobody has written in between. */
  readonly mark: string;
}

/** Who restores, and until when nobody else may go on. */
export interface Claim {
  readonly owner: string;
  /** ISO 8601 UTC, as is `now`. */
  readonly until: string;
  readonly now: string;
  readonly mark: string;
}

/** What is to be restored, as far as its intent says it. */
export type Wanted = RestoreId & Pick<Restore, 'deletedAt' | 'content' | 'topicName'>;

/** Whether a stored restore has brought back just this deletion of the topic, or copied it. */
export function isDone(stored: Restore | undefined, { deletedAt }: Pick<Restore, 'deletedAt'>): boolean {
  return stored?.state === 'done' && stored.deletedAt === deletedAt;
}

/** Whether somebody else may be sending a call for it. */
export function isInOtherHands({ state, owner, until }: Restore, me: string, now: string): boolean {
  return state === 'begun' && owner !== me && until >= now;
}

/** Whether a call of an earlier attempt at the same may have been carried out. */
export function hasOpenCall(stored: Restore | undefined, { deletedAt }: Pick<Restore, 'deletedAt'>): boolean {
  return stored?.state === 'begun' && stored.deletedAt === deletedAt && stored.sentAt !== undefined;
}

/** The intent that is stored before a call. What an earlier call for the same deletion has left open stays open. */
export function begun(wanted: Wanted, stored: Restore | undefined, claim: Claim): Restore {
  const { groupId, topicId, to, deletedAt, content, topicName } = wanted;
  const { owner, until, now, mark } = claim;
  const open = hasOpenCall(stored, wanted) ? stored?.sentAt : undefined;
  return {
    ...{ groupId, topicId, to, content, owner, until, mark },
    ...(deletedAt !== undefined && { deletedAt }),
    ...(topicName !== undefined && { topicName }),
    state: 'begun',
    sentAt: open ?? now,
  };
}

/** The intent once it is known that no call for it was carried out: anybody may begin anew. */
export function givenUp({ sentAt: _, ...intent }: Restore, mark: string): Restore {
  return letGo(intent, mark);
}

/** The intent while somebody else goes first: its call stays open, and anybody may go on with it. */
export function letGo(intent: Restore, mark: string): Restore {
  return { ...intent, until: '', mark };
}

/** The mapping that an intent becomes. */
export function done(
  { sentAt: _, ...intent }: Restore,
  newTopicId: string,
  { now, mark }: Pick<Claim, 'now' | 'mark'>,
): Restore {
  return { ...intent, state: 'done', newTopicId, doneAt: now, mark };
}

/** Whether the tombstone is still to be told of the new id: put back where it was, and under another id. */
export function isUnlinked({ state, deletedAt, topicId, newTopicId, linkedAt }: Restore): boolean {
  return state === 'done' && deletedAt !== undefined && newTopicId !== topicId && linkedAt === undefined;
}
