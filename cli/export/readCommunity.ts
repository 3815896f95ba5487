import { toChange } from '../../shared/catalog/changes.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { topicsPartition } from '../../shared/catalog/keys.ts';
import { queryItems } from '../../shared/catalog/readItems.ts';
import { toSnapshot } from '../../shared/catalog/topics.ts';
import type { Roster } from '../../shared/sync/roster.ts';
import { type Change, changeOf, hasEntry, type Snapshot } from '../../shared/sync/snapshot.ts';
import { CommandError, EXIT } from '../exit.ts';
import type { Mirror } from '../mirror.ts';
import { topicRecord } from '../records.ts';
import type { WithRoster } from '../report/catalog/withRosters.ts';
import { activityAsOf, laterDeletions, type Moved, type Topic } from './activityAsOf.ts';
import { communityAsOf, type Known, stampedSince } from './communityAsOf.ts';
import { messagesOf } from './laterMessages.ts';
import { type Batch, type Row, rowOf } from './rows.ts';
import { HistoryError, topicAsOf } from './topicAsOf.ts';

/** What is read, and as of when: the end of a run. */
export interface Wanted extends Mirror {
  readonly runId: string;
  /** When it was closed, ISO 8601 UTC with milliseconds. */
  readonly instant: string;
}

/** What else is asked of a community's surroundings, once it matters. */
export interface Asked extends Pick<Known, 'wasListed'> {
  /** Ids of the runs behind the one that is exported. */
  laterRuns(): Promise<readonly string[]>;
}

/** Rows of changes that are handed on at once. */
const BATCH_ROWS = 500;

/** Rows, and how many of the topics and communities among them have been written since the instant. */
export interface CommunityBatch extends Batch {
  readonly writtenSince: number;
}

/**
 * Yields the rows of one community: its changes up to the instant, its topics and itself as they were then. One pass
 * over its partition, backwards: the topics come first, and then the changes of each, newest first, so that a change
 * that is written meanwhile is newer than its topic's snapshot and is left out.
 */
export async function* readCommunity(
  wanted: Wanted,
  { community, roster }: WithRoster,
  { wasListed, laterRuns }: Asked,
): AsyncGenerator<CommunityBatch> {
  const { store, sdkAppId, instant } = wanted;
  const { groupId } = community;
  const condition = { expression: 'pk = :pk', values: { ':pk': topicsPartition(sdkAppId, groupId) } };
  const read = new Map<string, Read>();
  let rows: Row[] = [];
  for await (const item of queryItems(store, condition, { descending: true })) {
    if (item['itemType'] === 'topic') remember(read, toSnapshot(item));
    if (item['itemType'] !== 'change') continue;
    const change = toChange(item);
    note(read.get(change.topicId), change, instant);
    if (change.observedAt <= instant) rows.push(rowOf('changes', change));
    if (rows.length < BATCH_ROWS) continue;
    yield { table: 'changes', rows, writtenSince: 0 };
    rows = [];
  }
  const topics = [...read.values()].reverse().map(completed);
  const unwritten = topics.flatMap(({ unwritten }) => unwritten ?? []);
  const then = unwritten.filter(({ observedAt }) => observedAt <= instant);
  rows.push(...then.map((change) => rowOf('changes', change)));
  yield { table: 'changes', rows, writtenSince: 0 };
  const moved = await movedSince(wanted, groupId, roster, topics, laterRuns);
  yield* topicsAndCommunity(topics, community, moved, wasListed);
}

/** A topic's snapshot, and of its history what is needed to take it back, newest first. */
interface Read {
  readonly snapshot: Snapshot;
  readonly history: Change[];
  /** Whether the snapshot's own change is in the history; its writer may have died before. */
  isNoted: boolean;
}

function remember(topics: Map<string, Read>, snapshot: Snapshot): void {
  topics.set(snapshot.topicId, { snapshot, history: [], isNoted: false });
}

function note(topic: Read | undefined, change: Change, instant: string): void {
  if (!topic || change.observedAt > topic.snapshot.lastChangedAt) return;
  topic.isNoted ||= change.observedAt === topic.snapshot.lastChangedAt;
  const newest = topic.history.at(-1);
  // One that is not later is enough: it says when the topic was last changed.
  if (!newest || newest.observedAt > instant) topic.history.push(change);
}

/** A topic with the change that its snapshot carries, should its entry not be written. */
function completed({ snapshot, history, isNoted }: Read): Topic & { readonly unwritten?: Change } {
  if (isNoted || !hasEntry(snapshot)) return { snapshot, history };
  const unwritten = changeOf(snapshot);
  return { snapshot, history: [unwritten, ...history], unwritten };
}

/** What has moved the community's activity since. Nothing is asked for where the roster is of the exported run, or older. */
async function movedSince(
  wanted: Wanted,
  groupId: string,
  roster: Roster | undefined,
  topics: readonly Topic[],
  laterRuns: Asked['laterRuns'],
): Promise<Moved> {
  const { runId, instant } = wanted;
  const until = topics.flatMap((topic) => laterDeletions(topic, instant)).concat(roster?.runId ?? '');
  const isLater = until.some((id) => id > runId);
  const runs = isLater ? (await laterRuns()).filter((id) => until.some((last) => id <= last)) : [];
  return { runId, instant, roster, later: await messagesOf(wanted, groupId, runs, roster) };
}

async function* topicsAndCommunity(
  topics: readonly Topic[],
  stamp: Community,
  moved: Moved,
  wasListed: Known['wasListed'],
): AsyncGenerator<CommunityBatch> {
  const { instant } = moved;
  const then = topics.map((topic) => takenBack(topic, moved)).filter((topic) => topic !== undefined);
  const active = then.filter(({ topic }) => topic.status === 'active').length;
  const since = then.filter(({ isWrittenSince }) => isWrittenSince).length;
  yield { table: 'topics', rows: then.map(({ topic }) => topicRow(topic)), writtenSince: since };
  const community = await communityAsOf(stamp, instant, { topics: then.length, active, wasListed });
  if (!community) return;
  const writtenSince = stampedSince(stamp, instant) ? 1 : 0;
  yield { table: 'communities', rows: [rowOf('communities', community)], writtenSince };
}

function topicRow(topic: Snapshot): Row {
  const { restoredAs, restoredFrom } = topic;
  return rowOf('topics', { ...topicRecord(topic), restoredAs, restoredFrom });
}

/** A topic as it was, and whether something has been written of it since. */
interface TakenBack {
  readonly topic: Snapshot;
  readonly isWrittenSince: boolean;
}

function takenBack(topic: Topic, moved: Moved): TakenBack | undefined {
  const { snapshot, history } = topic;
  try {
    const then = topicAsOf(snapshot, history, moved.instant);
    if (!then) return undefined;
    const { activity: _now, ...rest } = then;
    const { activity, isTakenBack } = activityAsOf(topic, then, moved);
    const isWrittenSince = isTakenBack || then.observedAt > moved.instant;
    return { topic: { ...rest, ...(activity && { activity }) }, isWrittenSince };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const { groupId, topicId } = snapshot;
    throw new CommandError(
      `the topic ${topicId} of ${groupId} cannot be taken back to ${moved.instant}: ${error.message}; "history" lists its changes, and the newest run can be exported all the same`,
      EXIT.incomplete,
    );
  }
}
