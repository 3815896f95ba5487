import { dayOf } from '../../../shared/catalog/changes.ts';
import { allCommunities } from '../../../shared/catalog/communities.ts';
import { dayAfter, endOf, startOf } from '../../../shared/catalog/queries/days.ts';
import { queriesOf } from '../../../shared/catalog/queries/index.ts';
import { newMessagesOf } from '../../../shared/catalog/queries/newMessages.ts';
import { type Run, runsOf } from '../../../shared/catalog/runs.ts';
import { topicsOf } from '../../../shared/catalog/topics.ts';
import { readAhead } from '../../../shared/readAhead.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import type { Mirror } from '../../mirror.ts';
import { type NamedActiveTopic, namedActiveTopics } from '../../namedActiveTopics.ts';
import { createCensus } from './census.ts';
import { type Census, type Messages, newestClosed, type ReportData } from './data.ts';

/** How much of a catalog goes into a report. */
export interface ReportWanted {
  /** Days of growth and changes, the newest run's the last of them. */
  readonly days: number;
  /** Most rows of each table. */
  readonly rows: number;
  /** When it is read, ISO 8601 UTC. */
  readonly now: string;
  /** Told how many communities are read, and how many there were at the last count. */
  onProgress?(done: number, listed: number): void;
}

/** Topics that are named as the most active. */
const ACTIVE = 15;

/** Communities that are read at once. */
const READ_AHEAD = 8;

/**
 * Reads what a report shows, record by record: every community and topic once, the changes of the days once, those of
 * the last run twice. Memory is that of the rows which are kept.
 */
export async function readReportData(mirror: Mirror, wanted: ReportWanted): Promise<ReportData> {
  const { runs, isWholeLedger } = await readRuns(mirror, wanted.days);
  const messages = await readMessages(mirror, runs, wanted.now);
  return {
    sdkAppId: mirror.sdkAppId,
    readAt: wanted.now,
    runs,
    isWholeLedger,
    ...messages,
    active: await readActive(mirror, runs),
    census: await readCensus(mirror, runs, wanted),
  };
}

/** The runs of the last days that have any: a mirror that rests for a month still has its last days. */
async function readRuns(
  { store, sdkAppId }: Mirror,
  days: number,
): Promise<{ runs: Run[]; isWholeLedger: boolean }> {
  const runs: Run[] = [];
  for await (const run of runsOf(store, sdkAppId)) {
    const newest = runs[0] ?? run;
    if (dayOf(run.runId) < dayAfter(dayOf(newest.runId), 1 - days)) return { runs, isWholeLedger: false };
    runs.push(run);
  }
  return { runs, isWholeLedger: true };
}

async function readMessages({ store, sdkAppId }: Mirror, runs: readonly Run[], now: string) {
  const [messagesByRun, messagesByDay] = [new Map<string, Messages>(), new Map<string, Messages>()];
  const oldest = runs.at(-1);
  if (!oldest) return { messagesByRun, messagesByDay };
  const window = { from: startOf(dayOf(oldest.runId)), to: endOf(dayOf(now)) };
  for await (const change of queriesOf(store, sdkAppId).changesBetween(window)) {
    addMessages(messagesByRun, change.runId, change);
    addMessages(messagesByDay, dayOf(change.observedAt), change);
  }
  return { messagesByRun, messagesByDay };
}

function addMessages(sums: Map<string, Messages>, key: string, change: Change): void {
  const { known, ofCreated } = sums.get(key) ?? { known: 0, ofCreated: 0 };
  const messages = newMessagesOf(change);
  const isCreated = change.kind === 'created';
  sums.set(key, {
    known: known + (isCreated ? 0 : messages),
    ofCreated: ofCreated + (isCreated ? messages : 0),
  });
}

async function readActive(mirror: Mirror, runs: readonly Run[]): Promise<readonly NamedActiveTopic[]> {
  const run = newestClosed({ runs });
  return run ? Array.fromAsync(namedActiveTopics(mirror, run, ACTIVE)) : [];
}

async function readCensus(
  { store, sdkAppId }: Mirror,
  runs: readonly Run[],
  { rows, onProgress }: ReportWanted,
): Promise<Census> {
  const listed = newestClosed({ runs })?.summary.communities.listed ?? 0;
  const census = createCensus(rows);
  let done = 0;
  const communities = readAhead(
    allCommunities(store, sdkAppId),
    async (community) => ({
      community,
      topics: await Array.fromAsync(topicsOf(store, sdkAppId, community.groupId)),
    }),
    READ_AHEAD,
  );
  for await (const { community, topics } of communities) {
    census.add(community, topics);
    done += 1;
    onProgress?.(done, Math.max(listed, done));
  }
  return census.take();
}
