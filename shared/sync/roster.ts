import { canonical } from './canonical.ts';
import type { Snapshot, TopicActivity, TopicDetails } from './snapshot.ts';
import type { SplitTopic } from './split.ts';

/** What a roster holds of a topic: its activity, and of its profile what questions about the whole app ask for. */
export interface RosterRow extends TopicActivity, Pick<TopicDetails, 'createTime'> {
  /** Everybody is muted. */
  readonly muteAllMember?: true;
  /** Messages that the roster's run has seen come. */
  readonly newMessages: number;
}

/**
 * The activity of a community's topics, in one item. A topic that has become a tombstone keeps its row until a later run's
 * answer moves the roster; nobody looks at it, since the tombstone has its last activity itself.
 */
export interface Roster {
  readonly groupId: string;
  /** When the request whose answer it shows was sent, ISO 8601 UTC with milliseconds; never moves backwards. */
  readonly observedAt: string;
  /** The run that `newMessages` are of: the last that changed the roster. */
  readonly runId: string;
  /** By topic id. */
  readonly rows: ReadonlyMap<string, RosterRow>;
}

/** Messages of one run in one community, of those topics that had some. */
export interface ActivityEntry {
  readonly groupId: string;
  readonly runId: string;
  readonly observedAt: string;
  readonly topics: readonly TopicMessages[];
}

/** Messages of one run in one topic. */
export interface TopicMessages {
  readonly topicId: string;
  readonly newMessages: number;
  /** As the run saw it last. */
  readonly nextMsgSeq: number;
}

/** How many topics of a community a run has seen messages come to, and how many messages. */
export interface MessageCounts {
  readonly messageTopics: number;
  readonly newMessages: number;
}

/** An answer as far as it moves a roster. */
export interface RosterSeen {
  readonly groupId: string;
  readonly runId: string;
  readonly observedAt: string;
  /** All topics that are to stand in the roster: those that are no tombstones. */
  readonly topics: readonly RosterTopic[];
  /** What is in a community's first answer has come before the mirror. */
  readonly isBaseline?: boolean;
  /** Counters of topics that are back, as their tombstones have them, by topic id. */
  readonly before?: ReadonlyMap<string, TopicActivity>;
}

/** A topic as a roster needs it. */
export type RosterTopic = Pick<SplitTopic, 'topicId' | 'activity'> & {
  readonly profile: Pick<TopicDetails, 'createTime' | 'muteAllMember'>;
};

/** Number of a topic's first message: `nextMsgSeq` of a topic without one. */
const FIRST_MESSAGE = 1;

/**
 * The roster that an answer makes of the stored one; the stored one itself when no row differs. What the same run has
 * counted before stays counted, so that an answer may be written any number of times.
 */
export function nextRoster(stored: Roster | undefined, seen: RosterSeen): Roster | undefined {
  const { groupId, observedAt, topics } = seen;
  if (!stored && topics.length === 0) return undefined;
  // A late message of an earlier run has its messages counted with the later run that has been here: the entry of its own
  // is of a roster that is no more.
  const runId = stored && stored.runId > seen.runId ? stored.runId : seen.runId;
  const shown = topics.map((topic) => [topic.topicId, rowOf(topic, stored, { ...seen, runId })] as const);
  const rows = new Map([...talkedIn(runId, stored), ...shown]);
  if (stored && isSame(stored.rows, rows, stored.runId === runId)) return stored;
  return { groupId, runId, observedAt, rows };
}

/** What a roster tells of its own run; undefined when no topic had a message. It is stored beside it, for later. */
export function entryOf({ groupId, runId, observedAt, rows }: Roster): ActivityEntry | undefined {
  const topics = [...rows].flatMap(([topicId, { newMessages, nextMsgSeq = FIRST_MESSAGE }]) =>
    newMessages > 0 ? [{ topicId, newMessages, nextMsgSeq }] : [],
  );
  return topics.length === 0 ? undefined : { groupId, runId, observedAt, topics };
}

/** What a run has counted in a community, as its roster has it. */
export function messagesIn(roster: Roster | undefined, runId: string): MessageCounts {
  const { topics = [] } = (roster?.runId === runId && entryOf(roster)) || {};
  const newMessages = topics.reduce((sum, topic) => sum + topic.newMessages, 0);
  return { messageTopics: topics.length, newMessages };
}

/**
 * The counters that stored topics had, by which the messages of one that is back, and has no row, are told. Of a tombstone
 * without any nothing can be told: it was gone before a roster had it. That holds, too, once it is back without a row.
 */
export function countersBefore(stored: ReadonlyMap<string, Snapshot>): ReadonlyMap<string, TopicActivity> {
  return new Map(
    [...stored].flatMap(([topicId, { status, activity, lastChange }]) =>
      activity || status === 'deleted' || lastChange.kind === 'restored'
        ? [[topicId, activity ?? {}] as const]
        : [],
    ),
  );
}

/** The activity of a snapshot as its community's roster has it; a tombstone's own stays. */
export function withActivityOf(roster: Roster | undefined, snapshot: Snapshot): Snapshot {
  const row = snapshot.status === 'deleted' ? undefined : roster?.rows.get(snapshot.topicId);
  if (!row) return snapshot;
  const { createTime: _at, muteAllMember: _mute, newMessages: _new, ...activity } = row;
  return { ...snapshot, activity };
}

/** Rows that a run has counted messages in: they stay as long as it is the roster's, whatever becomes of their topics. */
function talkedIn(runId: string, stored: Roster | undefined): [string, RosterRow][] {
  if (stored?.runId !== runId) return [];
  return [...stored.rows].filter(([, { newMessages }]) => newMessages > 0);
}

function rowOf(
  { topicId, profile, activity }: RosterTopic,
  stored: Roster | undefined,
  seen: RosterSeen,
): RosterRow {
  const { createTime, muteAllMember } = profile;
  const earlier = stored?.rows.get(topicId);
  const counted = stored?.runId === seen.runId ? (earlier?.newMessages ?? 0) : 0;
  const was = earlier ?? seen.before?.get(topicId) ?? { nextMsgSeq: FIRST_MESSAGE };
  const isNew = !earlier && seen.isBaseline === true;
  return {
    ...(createTime !== undefined && { createTime }),
    ...(muteAllMember && { muteAllMember }),
    ...activity,
    newMessages: isNew ? 0 : counted + newMessages(was, activity),
  };
}

/** How far `nextMsgSeq` went on; 0 where it cannot be told, because the API did not send the field, or it went back. */
function newMessages({ nextMsgSeq: was }: TopicActivity, { nextMsgSeq: is }: TopicActivity): number {
  return was === undefined || is === undefined ? 0 : Math.max(0, is - was);
}

type Rows = ReadonlyMap<string, RosterRow>;

/** @param withCounts whether the counts are of one run, too; those of an earlier run are no reason to write */
function isSame(a: Rows, b: Rows, withCounts: boolean): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, row] of b) {
    const other = a.get(topicId);
    if (!other || text(row, withCounts) !== text(other, withCounts)) return false;
  }
  return true;
}

function text(row: RosterRow, withCounts: boolean): string {
  const { createTime, muteAllMember, nextMsgSeq, lastMsgTime, extra, newMessages } = row;
  const fields = [createTime, muteAllMember, nextMsgSeq, lastMsgTime, ...(withCounts ? [newMessages] : [])];
  return `${JSON.stringify(fields)}${extra ? canonical(extra) : ''}`;
}
