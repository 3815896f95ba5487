import { activityIn } from '../../shared/catalog/activity.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { entryOf, type Roster, type TopicMessages } from '../../shared/sync/roster.ts';
import type { Wanted } from './readCommunity.ts';

/** Messages that came to a community's topics after the exported run, by run and then by topic id. */
export type LaterMessages = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The ids of the runs behind the exported one, read when they are first asked for. */
export function laterRunsOnce({ store, sdkAppId, runId: exported }: Wanted): () => Promise<string[]> {
  let reading: Promise<string[]> | undefined;
  const read = async () => {
    const ids: string[] = [];
    for await (const { runId } of runsOf(store, sdkAppId)) {
      if (runId <= exported) break;
      ids.push(runId);
    }
    return ids;
  };
  return () => {
    reading ??= read();
    return reading;
  };
}

/** Entries that one request reads (docs.aws.amazon.com, API_BatchGetItem). */
const RUNS_AT_ONCE = 100;

/**
 * What some runs have seen come to one community. What the roster's own run has counted is taken from the roster, so that
 * it is of the same instant.
 */
export async function messagesOf(
  { store, sdkAppId }: Wanted,
  groupId: string,
  runIds: readonly string[],
  roster: Roster | undefined,
): Promise<LaterMessages> {
  const asked = runIds.filter((runId) => runId !== roster?.runId);
  const own = roster && runIds.includes(roster.runId) ? entryOf(roster) : undefined;
  const entries = [own];
  for (let from = 0; from < asked.length; from += RUNS_AT_ONCE)
    entries.push(...(await activityIn(store, sdkAppId, groupId, asked.slice(from, from + RUNS_AT_ONCE))));
  const counted = entries.filter((entry) => entry !== undefined);
  return new Map(counted.map(({ runId, topics }) => [runId, countsOf(topics)]));
}

function countsOf(topics: readonly TopicMessages[]): ReadonlyMap<string, number> {
  return new Map(topics.map(({ topicId, newMessages }) => [topicId, newMessages]));
}
