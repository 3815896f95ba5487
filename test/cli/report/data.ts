import { createCensus } from '../../../cli/report/catalog/census.ts';
import type { ReportData } from '../../../cli/report/catalog/data.ts';
import { snapshotFacts, tombstoneFacts } from '../../../cli/report/catalog/facts.ts';
import type { Community } from '../../../shared/catalog/community.ts';
import type { Run, RunSummary } from '../../../shared/catalog/run.ts';
import type { Snapshot } from '../../../shared/sync/snapshot.ts';
import { APP, run } from '../../builders.ts';

/** A run that has ended. */
export function closedRun(
  runId: string,
  topics: Partial<RunSummary['topics']> = {},
  { messages = { topics: 0, new: 0 }, ...more }: Partial<Run> & Partial<Pick<RunSummary, 'messages'>> = {},
): Run {
  const status = more.status === undefined || more.status === 'RUNNING' ? 'COMPLETE' : more.status;
  const summary: RunSummary = {
    runId,
    status,
    elapsedMs: 6412,
    communities: { listed: 3, synced: 1, unchanged: 2, failed: 0, unsupported: 0, ignored: 0, deleted: 0 },
    topics: {
      ...{
        active: 0,
        baseline: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        deleted: 0,
        restored: 0,
        missing: 0,
        held: 0,
      },
      ...topics,
    },
    messages,
    api: { calls: 4, listCalls: 1, retries: 0, rateLimited: 0, peakPerSecond: 150 },
    dynamodb: { writeUnits: 1_000_000, readUnits: 2_000_000 },
  };
  return run({ runId, startedAt: runId, closedAt: runId, ...more, status, summary });
}

/** What a report is made of: nothing but what is given. */
export function reportData({
  mirrored = [],
  rows = 100,
  ...more
}: Partial<ReportData> & {
  readonly mirrored?: readonly (readonly [Community, readonly Snapshot[]])[];
  readonly rows?: number;
} = {}): ReportData {
  const census = createCensus(rows);
  for (const [community, topics] of mirrored) {
    const deleted = topics.filter(({ status }) => status === 'deleted');
    census.add(community, topics.filter((topic) => !deleted.includes(topic)).map(snapshotFacts));
    for (const topic of deleted) census.addDeleted(tombstoneFacts(topic));
  }
  return {
    sdkAppId: APP,
    readAt: '2026-11-22T21:00:00.000Z',
    runs: [],
    active: [],
    census: census.take(),
    ...more,
  };
}
