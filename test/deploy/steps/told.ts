import type { Run } from '../../../shared/catalog/run.ts';
import { DETAIL_TYPES } from '../../../shared/events.ts';
import { DIMENSIONS, METRICS, type MetricName } from '../../../shared/metrics.ts';
import type { MutationResult } from '../../../simulator/index.ts';
import type { Deployed } from '../deployed.ts';
import { eventsOf } from '../functionLogs.ts';
import type { TestApp } from '../simulated.ts';
import { expectThat } from '../steps.ts';
import { waitFor } from '../wait.ts';
import type { LostTopic } from './catalog.ts';
import type { BusEvent, Observers } from './observers.ts';

/** Streams, rules and topics deliver within seconds. */
const PATIENCE = { timeoutMs: 30_000, everyMs: 500 };

type LogLine = Readonly<Record<string, unknown>>;

/** All JSON lines that the stack's functions have logged. */
async function logLines({ aws, resourcesOf }: Deployed): Promise<LogLine[]> {
  const groups = resourcesOf('AWS::Logs::LogGroup');
  const events = (await Promise.all(groups.map((group) => eventsOf(aws, group)))).flat();
  const lines = events.map(({ message = '' }) => message).filter((message) => message.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** Expects the answers that name lost topics to be logged and counted by their codes. @returns the counts */
export async function expectErrorsCounted(
  deployed: Deployed,
  { sdkAppId }: TestApp,
  lost: readonly LostTopic[],
): Promise<Map<number, number>> {
  const lines = (await logLines(deployed)).filter((line) => line['sdkAppId'] === sdkAppId);
  const counts = new Map<number, number>();
  for (const code of new Set(lost.map((topic) => topic.code))) {
    const logged = lines.filter((line) => line['event'] === 'api.error' && line['code'] === code).length;
    const counted = lines
      .filter((line) => line['event'] === 'metrics' && line[DIMENSIONS.code] === String(code))
      .reduce((sum, line) => sum + Number(line[METRICS.deletedTopicErrors] ?? 0), 0);
    expectThat(logged > 0, `no api.error line has the code ${code}`);
    expectThat(counted === logged, `${logged} answers with ${code} are logged and ${counted} are counted`);
    counts.set(code, counted);
  }
  return counts;
}

/**
 * Waits until the bus has carried an event for every change of the day, and the end of the run. None is expected of topics
 * with messages alone, nor of those of a new community.
 */
export async function expectEvents(
  observers: Observers,
  { sdkAppId }: TestApp,
  run: Run,
  { created, edited }: MutationResult,
  lost: readonly LostTopic[],
): Promise<number> {
  const wanted = [
    ...lost.map(({ topicId }) => `${DETAIL_TYPES.deleted} ${topicId}`),
    ...created.map(({ topicId }) => `${DETAIL_TYPES.created} ${topicId}`),
    ...edited.map(({ topicId }) => `${DETAIL_TYPES.updated} ${topicId}`),
    `${DETAIL_TYPES.runClosed} ${run.status}`,
  ];
  const ofRun = ({ detail }: BusEvent) => detail['sdkAppId'] === sdkAppId && detail['runId'] === run.runId;
  let missing: string[] = wanted;
  let other: string[] = [];
  let count = 0;
  await waitFor('the events of the run', PATIENCE, async () => {
    const events = (await observers.events()).filter(ofRun);
    const got = new Set(
      events.map((event) => `${event['detail-type']} ${event.detail['topicId'] ?? event.detail['status']}`),
    );
    missing = wanted.filter((one) => !got.has(one));
    other = [...got].filter((one) => !wanted.includes(one));
    count = events.length;
    return missing.length === 0 ? true : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; ${missing.length} are missing, such as ${missing[0]}`);
  });
  expectThat(other.length === 0, `${other.length} events tell of no change, such as ${other[0]}`);
  return count;
}

/** Expects that nobody was told of a topic by a run: by one that saw every community for the first time. */
export async function expectNoTopicEvents(
  observers: Observers,
  { sdkAppId }: TestApp,
  runId: string,
): Promise<void> {
  const told = (await observers.events()).filter(
    ({ detail }) =>
      detail['sdkAppId'] === sdkAppId && detail['runId'] === runId && detail['topicId'] !== undefined,
  );
  expectThat(told.length === 0, `the first night has told of ${told.length} topics`);
}

/** Waits for the run's summary, which names every lost topic with the command that puts it back. */
export async function expectSummary(
  observers: Observers,
  run: Run,
  lost: readonly LostTopic[],
): Promise<void> {
  const summary = await waitFor(`the summary of the run ${run.runId}`, PATIENCE, async () =>
    (await observers.summaries()).find((body) => body.includes(run.runId)),
  );
  const lines = summary.split('\n');
  for (const { groupId, topicId } of lost) {
    const command = lines.find(
      (line) => line.includes(' restore ') && line.includes(topicId) && line.includes(groupId),
    );
    expectThat(command !== undefined, `the summary has no restore command for ${topicId}:\n${summary}`);
  }
}

/** Waits for the alarm of a metric of an app to be published. */
export async function expectAlarm(
  observers: Observers,
  { sdkAppId }: TestApp,
  metric: MetricName,
): Promise<string> {
  const body = await waitFor(`the alarm ${metric} of the app ${sdkAppId}`, PATIENCE, async () =>
    (await observers.alarms()).find((message) => isAlarmOf(message, sdkAppId, metric)),
  );
  return (JSON.parse(body) as { AlarmName: string }).AlarmName;
}

/** Expects that no alarm of a metric of an app has been published. */
export async function expectNoAlarm(
  observers: Observers,
  { sdkAppId }: TestApp,
  metric: MetricName,
): Promise<void> {
  const found = (await observers.alarms()).some((message) => isAlarmOf(message, sdkAppId, metric));
  expectThat(!found, `the alarm ${metric} of the app ${sdkAppId} went off`);
}

function isAlarmOf(message: string, sdkAppId: number, metric: MetricName): boolean {
  const { NewStateValue, Trigger } = JSON.parse(message) as {
    NewStateValue: string;
    Trigger: {
      MetricName: string;
      Dimensions: { Name?: string; Value?: string; name?: string; value?: string }[];
    };
  };
  const ofApp = Trigger.Dimensions.some(({ Value, value }) => (Value ?? value) === String(sdkAppId));
  return NewStateValue === 'ALARM' && Trigger.MetricName === metric && ofApp;
}
