import { dayOf } from '../../../shared/catalog/changes.ts';
import { dayAfter } from '../../../shared/catalog/queries/days.ts';
import { type Run, runsOf } from '../../../shared/catalog/runs.ts';
import type { Mirror } from '../../mirror.ts';
import { type NamedActiveTopic, namedActiveTopics } from '../../namedActiveTopics.ts';
import { newestClosed, type ReportData } from './data.ts';
import { readCensus } from './readCensus.ts';

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

/**
 * Reads what a report shows, record by record: the ledger of the days, what the newest run has seen come, and the whole app
 * once. Memory is that of the rows which are kept.
 */
export async function readReportData(mirror: Mirror, wanted: ReportWanted): Promise<ReportData> {
  const runs = await readRuns(mirror, wanted.days);
  return {
    sdkAppId: mirror.sdkAppId,
    readAt: wanted.now,
    runs,
    active: await readActive(mirror, runs),
    census: await readCensus(mirror, { rows: wanted.rows, onCommunity: counterOf(runs, wanted) }),
  };
}

/** The runs of the last days that have any: a mirror that rests for a month still has its last days. */
async function readRuns({ store, sdkAppId }: Mirror, days: number): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const run of runsOf(store, sdkAppId)) {
    const newest = runs[0] ?? run;
    if (dayOf(run.runId) < dayAfter(dayOf(newest.runId), 1 - days)) return runs;
    runs.push(run);
  }
  return runs;
}

async function readActive(mirror: Mirror, runs: readonly Run[]): Promise<readonly NamedActiveTopic[]> {
  const run = newestClosed({ runs });
  return run ? Array.fromAsync(namedActiveTopics(mirror, run, ACTIVE)) : [];
}

/** Counts communities, of as many as the newest run listed, or more. */
function counterOf(runs: readonly Run[], { onProgress }: ReportWanted): () => void {
  const listed = newestClosed({ runs })?.summary.communities.listed ?? 0;
  let done = 0;
  return () => {
    done += 1;
    onProgress?.(done, Math.max(listed, done));
  };
}
