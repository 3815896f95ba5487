import { dayOf } from '../changes.ts';
import { runsPartition } from '../keys.ts';
import { queryItems } from '../readItems.ts';
import type { Run, RunSummary } from '../run.ts';
import { toRun } from '../runs.ts';
import type { Store } from '../store.ts';
import { changesBetween } from './changesBetween.ts';
import { endOf, startOf } from './days.ts';
import { newMessagesOf } from './newMessages.ts';

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
  /** Messages that the answers of the day showed to be new, in topics that were mirrored before. */
  readonly messages?: number;
  /** Messages that topics had which were created, when they were first seen. */
  readonly messagesOfCreated?: number;
}

/** Which days. */
export interface GrowthWanted {
  /** The first day and the last, UTC. */
  readonly from: string;
  readonly to: string;
  /** Whether to count messages: the changes of each day are read for it, and nothing but the ledger otherwise. */
  readonly messages?: boolean;
}

/** Yields an app's growth, oldest day first. A day on which no run ended is left out: nothing is known of it. */
export async function* growthByDay(
  store: Store,
  sdkAppId: number,
  { from, to, messages = true }: GrowthWanted,
): AsyncGenerator<DayOfGrowth> {
  for await (const day of ledgerByDay(store, sdkAppId, from, to)) {
    yield messages ? { ...day, ...(await messagesOn(store, sdkAppId, day.day)) } : day;
  }
}

async function* ledgerByDay(
  store: Store,
  sdkAppId: number,
  from: string,
  to: string,
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
  { status, communities, topics }: RunSummary,
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
  };
}

async function messagesOn(store: Store, sdkAppId: number, day: string) {
  let [messages, messagesOfCreated] = [0, 0];
  for await (const change of changesBetween(store, sdkAppId, { from: startOf(day), to: endOf(day) })) {
    if (change.kind === 'created') messagesOfCreated += newMessagesOf(change);
    else messages += newMessagesOf(change);
  }
  return { messages, messagesOfCreated };
}
