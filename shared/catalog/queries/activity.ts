import type { ActivityEntry } from '../../sync/roster.ts';
import { activityIn, activityOf } from '../activity.ts';
import { communityKey, shardOf } from '../keys.ts';
import { runsOf } from '../runs.ts';
import type { Store } from '../store.ts';
import { placed, type Question } from './answer.ts';
import { CursorError, type Position } from './cursor.ts';

/** Messages that a run has seen come to a topic. */
export interface TopicActivityRecord {
  readonly runId: string;
  readonly groupId: string;
  readonly topicId: string;
  readonly newMessages: number;
  /** As the run saw it last. */
  readonly nextMsgSeq: number;
}

/** Whose messages are wanted, and of which runs. */
export interface ActivityWanted {
  readonly groupId?: string | undefined;
  readonly topicId?: string | undefined;
  /** Only of this run. */
  readonly runId?: string | undefined;
  /** Only of runs with an id at or behind this, ISO 8601 UTC. */
  readonly since?: string | undefined;
}

/** Runs of which one community's entries are read at once: as many as one request takes. */
const RUNS_AT_ONCE = 100;

/**
 * Messages by night, newest run first, then by shard of the community, groupId and topicId. Of one community a run costs
 * half a read unit; of the app every entry of the run is read.
 */
export const activityByNight: Question<ActivityWanted, TopicActivityRecord> = {
  order: 'activity',
  length: 3,
  ask: (store, sdkAppId, wanted, after) => {
    const [, ofGroup, ofTopic] = after ?? [];
    if (wanted.groupId !== undefined && ofGroup !== undefined && ofGroup !== wanted.groupId)
      throw new CursorError(`the cursor is of another community: of ${ofGroup}, not of ${wanted.groupId}`);
    if (wanted.topicId !== undefined && ofTopic !== undefined && ofTopic !== wanted.topicId)
      throw new CursorError(`the cursor is of another topic: of ${ofTopic}, not of ${wanted.topicId}`);
    const records = recordsOf(entriesOf(store, sdkAppId, wanted, after), wanted, after);
    return placed(records, ({ runId, groupId, topicId }) => [runId, groupId, topicId]);
  },
};

async function* entriesOf(
  store: Store,
  sdkAppId: number,
  { groupId, runId, since = '' }: ActivityWanted,
  after: Position | undefined,
): AsyncGenerator<ActivityEntry> {
  const [resumed, from] = after ?? [];
  const runs = runIds(store, sdkAppId, { runId, since, until: resumed });
  if (groupId !== undefined) return yield* ofCommunity(store, sdkAppId, groupId, runs);
  for await (const id of runs)
    yield* activityOf(store, sdkAppId, id, { from: id === resumed ? from : undefined });
}

async function* ofCommunity(
  store: Store,
  sdkAppId: number,
  groupId: string,
  runs: AsyncIterable<string>,
): AsyncGenerator<ActivityEntry> {
  const read = async (ids: readonly string[]) => {
    const entries = await activityIn(store, sdkAppId, groupId, ids);
    return entries.filter((entry) => entry !== undefined);
  };
  let ids: string[] = [];
  for await (const id of runs) {
    ids.push(id);
    if (ids.length < RUNS_AT_ONCE) continue;
    yield* await read(ids);
    ids = [];
  }
  if (ids.length > 0) yield* await read(ids);
}

/** The ids of the runs that are wanted, newest first. */
export async function* runIds(
  store: Store,
  sdkAppId: number,
  wanted: {
    readonly runId?: string | undefined;
    readonly since: string;
    readonly until?: string | undefined;
  },
): AsyncGenerator<string> {
  const { runId, since, until } = wanted;
  if (runId !== undefined) {
    if (until === undefined || until >= runId) yield runId;
    return;
  }
  for await (const run of runsOf(store, sdkAppId, { until })) {
    if (run.runId < since) return;
    yield run.runId;
  }
}

async function* recordsOf(
  entries: AsyncIterable<ActivityEntry>,
  { topicId: wanted }: ActivityWanted,
  after: Position | undefined,
): AsyncGenerator<TopicActivityRecord> {
  for await (const { runId, groupId, topics } of entries) {
    for (const topic of [...topics].sort((a, b) => (a.topicId < b.topicId ? -1 : 1))) {
      const record = { runId, groupId, ...topic };
      if (wanted !== undefined && topic.topicId !== wanted) continue;
      if (!after || isBehind(record, after)) yield record;
    }
  }
}

function isBehind(record: TopicActivityRecord, [runId = '', groupId = '', topicId = '']: Position): boolean {
  if (record.runId !== runId) return record.runId < runId;
  if (record.groupId !== groupId) return placeOf(record.groupId) > placeOf(groupId);
  return record.topicId > topicId;
}

/** Text that sorts as communities do: by shard, then by id as keys spell it. */
function placeOf(groupId: string): string {
  return `${shardOf(groupId).toString(16)}${communityKey(0, groupId).sk}`;
}
