import { toChange } from '../../shared/catalog/changes.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { topicsPartition } from '../../shared/catalog/keys.ts';
import { queryItems } from '../../shared/catalog/readItems.ts';
import { toSnapshot } from '../../shared/catalog/topics.ts';
import { type Change, changeOf, type Snapshot } from '../../shared/sync/snapshot.ts';
import { CommandError, EXIT } from '../exit.ts';
import type { Mirror } from '../mirror.ts';
import { topicRecord } from '../records.ts';
import { communityAsOf, type Known, stampedSince } from './communityAsOf.ts';
import { type Batch, type Row, rowOf } from './rows.ts';
import { HistoryError, topicAsOf } from './topicAsOf.ts';

/** What is read, and as of when: the instant at which the run was closed, ISO 8601 UTC with milliseconds. */
export interface Wanted extends Mirror {
  readonly instant: string;
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
  { store, sdkAppId, instant }: Wanted,
  stamp: Community,
  wasListed: Known['wasListed'],
): AsyncGenerator<CommunityBatch> {
  const condition = { expression: 'pk = :pk', values: { ':pk': topicsPartition(sdkAppId, stamp.groupId) } };
  const topics = new Map<string, Read>();
  let rows: Row[] = [];
  for await (const item of queryItems(store, condition, { descending: true })) {
    if (item['itemType'] === 'topic') remember(topics, toSnapshot(item));
    if (item['itemType'] !== 'change') continue;
    const change = toChange(item);
    note(topics.get(change.topicId), change, instant);
    if (change.observedAt <= instant) rows.push(rowOf('changes', change));
    if (rows.length < BATCH_ROWS) continue;
    yield { table: 'changes', rows, writtenSince: 0 };
    rows = [];
  }
  const read = [...topics.values()].reverse();
  const unwritten = read.filter(({ isNoted, snapshot }) => !isNoted && snapshot.lastChangedAt <= instant);
  rows.push(...unwritten.map(({ snapshot }) => rowOf('changes', changeOf(snapshot))));
  yield { table: 'changes', rows, writtenSince: 0 };
  yield* topicsAndCommunity(read, stamp, instant, wasListed);
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

async function* topicsAndCommunity(
  read: readonly Read[],
  stamp: Community,
  instant: string,
  wasListed: Known['wasListed'],
): AsyncGenerator<CommunityBatch> {
  const then = read.map((topic) => takenBack(topic, instant)).filter((topic) => topic !== undefined);
  const active = then.filter(({ status }) => status === 'active').length;
  const since = then.filter(({ observedAt }) => observedAt > instant).length;
  yield { table: 'topics', rows: then.map(topicRow), writtenSince: since };
  const community = await communityAsOf(stamp, instant, { topics: then.length, active, wasListed });
  if (!community) return;
  const writtenSince = stampedSince(stamp, instant) ? 1 : 0;
  yield { table: 'communities', rows: [rowOf('communities', community)], writtenSince };
}

function topicRow(topic: Snapshot): Row {
  const { restoredAs, restoredFrom } = topic;
  return rowOf('topics', { ...topicRecord(topic), restoredAs, restoredFrom });
}

function takenBack({ snapshot, history, isNoted }: Read, instant: string): Snapshot | undefined {
  try {
    return topicAsOf(snapshot, isNoted ? history : [changeOf(snapshot), ...history], instant);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const { groupId, topicId } = snapshot;
    throw new CommandError(
      `the topic ${topicId} of ${groupId} cannot be taken back to ${instant}: ${error.message}; "history" lists its changes, and the newest run can be exported all the same`,
      EXIT.incomplete,
    );
  }
}
