import { type Run, readRun } from '../../../shared/catalog/runs.ts';
import type { MutationResult } from '../../../simulator/index.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Deployed } from '../deployed.ts';
import type { TestApp } from '../simulated.ts';
import { expectThat } from '../steps.ts';
import { waitFor } from '../wait.ts';

/** A run of this size takes seconds; beside another one, and with cold functions, somewhat longer. */
const RUN_TIMEOUT_MS = 90_000;

/**
 * Waits for the schedule to have started a run.
 * @param due the scheduled time, which is the run's id
 */
export async function waitForSchedule({ store }: Deployed, { sdkAppId }: TestApp, due: Date): Promise<void> {
  const runId = due.toISOString();
  const timeoutMs = Math.max(0, due.getTime() - Date.now()) + 30_000;
  const what = `the schedule of the app ${sdkAppId} to start the run ${runId}`;
  await waitFor(what, { timeoutMs, everyMs: 500 }, () => readRun(store, sdkAppId, runId));
}

/** Waits for a run to be closed. */
export function waitForRun({ store }: Deployed, { sdkAppId }: TestApp, runId: string): Promise<Run> {
  const what = `the run ${runId} of the app ${sdkAppId} to be closed`;
  return waitFor(what, { timeoutMs: RUN_TIMEOUT_MS, everyMs: 500 }, async () => {
    const run = await readRun(store, sdkAppId, runId);
    return run && run.status !== 'RUNNING' ? run : undefined;
  });
}

/** Runs a night by the command line, which invokes what the schedule invokes, and expects it to be COMPLETE. */
export async function syncNow(commandLine: CommandLine, deployed: Deployed, app: TestApp): Promise<Run> {
  const { code, stdout, output } = await commandLine.run(app.sdkAppId, 'sync', '--json');
  expectThat(code === 0, `sync --stack ended with ${code}:\n${output}`);
  const { runId } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { runId: string };
  return expectComplete(await waitForRun(deployed, app, runId));
}

/** @returns the run @throws {ExpectationError} with the run's reasons and failures unless it is COMPLETE */
export function expectComplete(run: Run): Run {
  expectThat(run.status === 'COMPLETE', `the run ${run.runId} is ${run.status}: ${whyOf(run)}`);
  return run;
}

/** Expects a first night to count every topic as new to the mirror, and none as new to the app. */
export function expectBaseline({ summary }: Run): void {
  const { active, baseline, created } = summary?.topics ?? {};
  expectThat(
    baseline !== undefined && baseline === active && created === 0,
    `a first night counts ${baseline} of ${active} topics as its baseline, and ${created} as created`,
  );
}

/** Expects a run to count what people have set, and what they have said, apart. */
export function expectCounts({ summary }: Run, day: MutationResult): void {
  const baseline = day.createdCommunities.flatMap(({ topicIds }) => topicIds).length;
  const is = JSON.stringify([summary?.topics, summary?.messages]);
  const edits = [day.created.length, day.edited.length, baseline];
  const counted = [summary?.topics.created, summary?.topics.updated, summary?.topics.baseline];
  const what = `${edits[0]} created, ${edits[1]} edited and ${edits[2]} topics of new communities are counted as ${is}`;
  expectThat(JSON.stringify(edits) === JSON.stringify(counted), what);
  // A topic that was made during the day may have messages, too.
  const { topics = 0, new: count = 0 } = summary?.messages ?? {};
  const said = day.messaged.reduce((sum, topic) => sum + topic.count, 0);
  expectThat(
    topics >= day.messaged.length && count >= said,
    `${said} messages in ${day.messaged.length} topics are counted as ${is}`,
  );
}

/** Expects a run to have found nothing new. */
export function expectNothingNew({ summary }: Run): void {
  const { created, updated, deleted, restored, baseline } = summary?.topics ?? {};
  const counts = [created, updated, deleted, restored, baseline, summary?.messages.new];
  expectThat(
    counts.every((count) => count === 0),
    `nothing has changed, and the run counts ${JSON.stringify([summary?.topics, summary?.messages])}`,
  );
}

/** Expects that a run was ended by an error that concerns every community. */
export function expectHalted(run: Run): void {
  const is = run.status === 'INCOMPLETE' && run.haltedBy !== undefined;
  expectThat(is, `the run ${run.runId} should have been halted and is ${run.status}: ${whyOf(run)}`);
}

function whyOf({ reasons = [], failures = [], haltedBy }: Run): string {
  return JSON.stringify({ reasons, failures: failures.slice(0, 5), haltedBy });
}

/** A run in a few words. */
export function describeRun({ status, summary }: Run): string {
  if (!summary) return status;
  const { elapsedMs, communities, topics, messages, api } = summary;
  const figures = [
    `${communities.listed} communities`,
    `${topics.active} active topics`,
    `${messages.new} messages`,
    `${api.calls} calls`,
  ];
  return `${status} in ${(elapsedMs / 1000).toFixed(1)} s, ${figures.join(', ')}, ${api.peakPerSecond} calls in the busiest second`;
}
