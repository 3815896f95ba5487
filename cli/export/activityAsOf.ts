import { type Roster, withActivityOf } from '../../shared/sync/roster.ts';
import type { Change, Snapshot, TopicActivity, TopicProfile } from '../../shared/sync/snapshot.ts';
import type { LaterMessages } from './laterMessages.ts';
import { topicAsOf } from './topicAsOf.ts';

/** The end of the run that is exported, and what has moved the activity of a community since. */
export interface Moved {
  readonly runId: string;
  /** When the run was closed, ISO 8601 UTC with milliseconds. */
  readonly instant: string;
  readonly roster: Roster | undefined;
  readonly later: LaterMessages;
}

/** A topic as it is stored, and its changes, newest first, down to the newest of those before the instant. */
export interface Topic {
  readonly snapshot: Snapshot;
  readonly history: readonly Change[];
}

/** A topic's activity as it was, and whether something had to be taken away from what is known now. */
export interface ActivityThen {
  readonly activity: TopicActivity | undefined;
  readonly isTakenBack: boolean;
}

/**
 * A topic's activity as of the end of a run: what is known now, without the messages that later runs saw come. A topic that
 * has been deleted since is told by what its deletion has kept: whoever comes back may begin to count anew.
 * @param then the topic as it was, by its changes
 */
export function activityAsOf(topic: Topic, then: Snapshot, moved: Moved): ActivityThen {
  const { instant, roster } = moved;
  const { snapshot, history } = topic;
  if (then.status === 'deleted') {
    const end = history.find(({ kind, observedAt }) => kind === 'deleted' && observedAt <= instant);
    return { activity: end ? keptBy(end, topic) : snapshot.activity, isTakenBack: false };
  }
  const end = history.findLast(({ kind, observedAt }) => kind === 'deleted' && observedAt > instant);
  const known = end ? keptBy(end, topic) : withActivityOf(roster, snapshot).activity;
  const until = end ? end.runId : (roster?.runId ?? '');
  const activity = withoutLater(known, until, snapshot.topicId, moved);
  return { activity, isTakenBack: activity !== known };
}

/** The runs that have deleted a topic since: what is kept of it is of them. */
export function laterDeletions({ history }: Topic, instant: string): string[] {
  return history
    .filter(({ kind, observedAt }) => kind === 'deleted' && observedAt > instant)
    .map(({ runId }) => runId);
}

/**
 * An activity of a later run without the messages since: its `nextMsgSeq` is as it was. When its last message came before
 * those, and what other counters were, nobody has kept. Where a message came that nobody has counted, nothing is known.
 */
function withoutLater(
  activity: TopicActivity | undefined,
  until: string,
  topicId: string,
  { runId, instant, later }: Moved,
): TopicActivity | undefined {
  if (!activity || until <= runId) return activity;
  const { extra, ...moved } = activity;
  const { nextMsgSeq = 0, lastMsgTime = 0 } = moved;
  const counts = [...later].filter(([of]) => of <= until).map(([, topics]) => topics.get(topicId) ?? 0);
  const messages = counts.reduce((sum, count) => sum + count, 0);
  if (messages > 0) return nextMsgSeq > messages ? { nextMsgSeq: nextMsgSeq - messages } : undefined;
  if (lastMsgTime * 1000 > Date.parse(instant)) return undefined;
  return extra ? moved : activity;
}

/** The activity that a deletion has kept: of all that the topic had, what was not its profile. */
function keptBy(deletion: Change, { snapshot, history }: Topic): TopicActivity {
  const { nextMsgSeq, lastMsgTime, extra = {} } = deletion.before ?? {};
  const profile: TopicProfile = topicAsOf(snapshot, history, deletion.observedAt)?.profile ?? {};
  const counters = Object.entries(extra).filter(([name]) => !Object.hasOwn(profile.extra ?? {}, name));
  return {
    ...(nextMsgSeq !== undefined && { nextMsgSeq }),
    ...(lastMsgTime !== undefined && { lastMsgTime }),
    ...(counters.length > 0 && { extra: Object.fromEntries(counters) }),
  };
}
