import { dayOf } from '../changes.ts';
import { runsPartition } from '../keys.ts';
import { queryItems } from '../readItems.ts';
import type { Run, RunSummary } from '../run.ts';
import { toRun } from '../runs.ts';
import type { Store } from '../store.ts';

/** An app on a day, UTC, as the runs of that day left it. */
export interface DayOfGrowth {
  /** `2026-11-22`. A run belongs to the day of its id. */
  readonly day: string;
  /** The last of the day's runs, and how it ended: what follows may be short if it is not COMPLETE. */
  readonly lastRunId: string;
  readonly status: RunSummary['status'];
  /** Communities that this run listed. */
  readonly communities: number;
  /** Active topics when it ended. */
  readonly topics: number;
  /** Topics that the day's runs saw created, deleted and restored. */
  readonly created: number;
  readonly deleted: number;
  readonly restored: number;
  /** Messages that came to topics, as the day's runs saw it. */
  readonly messages: number;
}

/** Which days. */
export interface GrowthWanted {
  /** The first day and the last, UTC. */
  readonly from: string;
  readonly to: string;
}

/**
 * Yields an app's growth, oldest day first, from the ledger alone. A day on which no run ended is left out: nothing is known
 * of it.
 */
export async function* growthByDay(
  store: Store,
  sdkAppId: number,
  { from, to }: GrowthWanted,
): AsyncGenerator<DayOfGrowth> {
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    // Behind every run id that begins with the day, whatever the precision of its time.
    values: { ':pk': runsPartition(sdkAppId), ':from': from, ':to': `${to}~` },
  };
  let day: DayOfGrowth | undefined;
  for await (const item of queryItems(store, condition)) {
    const run = toRun(item);
    if (!run.summary) continue;
    if (day && day.day !== dayOf(run.runId)) yield day;
    day = withRun(day, run, run.summary);
  }
  if (day) yield day;
}

function withRun(
  earlier: DayOfGrowth | undefined,
  { runId }: Run,
  { status, communities, topics, messages }: RunSummary,
): DayOfGrowth {
  const day = dayOf(runId);
  const before = earlier?.day === day ? earlier : undefined;
  return {
    day,
    lastRunId: runId,
    status,
    communities: communities.listed,
    topics: topics.active,
    created: (before?.created ?? 0) + topics.created,
    deleted: (before?.deleted ?? 0) + topics.deleted,
    restored: (before?.restored ?? 0) + topics.restored,
    messages: (before?.messages ?? 0) + messages.new,
  };
}
