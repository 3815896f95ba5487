import { Duration, type Stack } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { INDEXES } from '../shared/catalog/table.ts';
import { DIMENSIONS, METRICS, type MetricName } from '../shared/metrics.ts';
import { addAlarm, type Watch } from './addAlarm.ts';
import { type AlarmNote, APP_NOTES, STACK_NOTES } from './alarmNotes.ts';
import { metricsNamespace } from './appEnvironment.ts';
import { hoursBetweenRuns } from './checkStage.ts';
import type { AlarmTopic } from './constructs/alarmTopic.ts';
import type { AppMirror } from './constructs/appMirror.ts';
import type { ChangeEvents } from './constructs/changeEvents.ts';
import type { RunAnnouncements } from './constructs/runAnnouncements.ts';
import type { TableExports } from './constructs/tableExports.ts';
import type { Stage } from './stage.ts';
import type { AppSettings } from './stageApp.ts';

const FIVE_MINUTES = Duration.minutes(5);
const QUARTER = Duration.minutes(15);

/** Failed invocations in a quarter of an hour: one or two heal by themselves, since messages come back. */
const FUNCTION_ERRORS = 5;

/** Invocations without room in a quarter of an hour: one or two at the beginning of a night heal by themselves. */
const FUNCTION_THROTTLES = 5;

/** Share of the budget that is let go: less is what any busy processor does. */
const DROPPED_SHARE = 0.05;

/** Turned away in five minutes: a few are DynamoDB's, while it splits a partition. */
const TABLE_THROTTLES = 100;

/** Until then the stream's records wait for 24 hours, so there is a day to act in. */
const LAG = Duration.hours(1);

/** The alarms of one app. */
export function addAppAlarms(mirror: AppMirror, stage: Stage, app: AppSettings, topic: AlarmTopic): void {
  const add = (note: AlarmNote, watch: Watch) =>
    addAlarm(mirror, note, { stage, topic, of: String(app.sdkAppId), ...watch });
  const counted = (name: MetricName, period: Duration) => ({ metric: appMetric(stage, app, name, period) });
  const { alarms } = stage;

  add(APP_NOTES.deletedTopics, {
    ...counted(METRICS.deletedTopicErrors, FIVE_MINUTES),
    atLeast: alarms.deletedTopicErrors,
  });
  // Every closed run counts these, 0 included: between two runs the last one's verdict stands.
  const verdict = { atLeast: 1, missing: TreatMissingData.IGNORE };
  add(APP_NOTES.held, { ...counted(METRICS.deletionsHeld, FIVE_MINUTES), ...verdict });
  add(APP_NOTES.incomplete, { ...counted(METRICS.runsIncomplete, FIVE_MINUTES), ...verdict });
  add(APP_NOTES.authentication, { ...counted(METRICS.authenticationFailures, FIVE_MINUTES), atLeast: 1 });
  add(APP_NOTES.rateLimited, {
    ...counted(METRICS.rateLimitedAnswers, FIVE_MINUTES),
    atLeast: alarms.rateLimitedAnswers,
  });
  add(APP_NOTES.eventsLost, { ...counted(METRICS.eventsLost, FIVE_MINUTES), atLeast: 1 });
  add(APP_NOTES.noRun, {
    ...counted(METRICS.runsClosed, Duration.hours(1)),
    lessThan: 1,
    periods: hoursBetweenRuns(stage, app),
    missing: TreatMissingData.BREACHING,
    tellsEnd: true,
  });

  const { communities, closing, lostNights } = mirror;
  add(APP_NOTES.deadLetters, {
    metric: waitingIn(communities.deadLetters, closing.deadLetters, lostNights),
    atLeast: 1,
  });
  add(APP_NOTES.oldMessages, {
    metric: communities.metricApproximateAgeOfOldestMessage({
      period: FIVE_MINUTES,
      statistic: Stats.MAXIMUM,
    }),
    atLeast: alarms.oldestMessageMinutes * 60,
  });
  add(APP_NOTES.errors, {
    metric: ofFunctions('Errors', mirror.listCommunities, mirror.syncCommunity, mirror.closeRun),
    atLeast: FUNCTION_ERRORS,
  });
  add(APP_NOTES.functionThrottles, {
    metric: ofFunctions('Throttles', mirror.listCommunities, mirror.syncCommunity, mirror.closeRun),
    atLeast: FUNCTION_THROTTLES,
  });
  add(APP_NOTES.droppedSlots, {
    ...counted(METRICS.droppedSlots, FIVE_MINUTES),
    atLeast: Math.ceil(DROPPED_SHARE * app.callsPerSecond * FIVE_MINUTES.toSeconds()),
  });
}

/** The alarm on exports, where there are any. */
export function addExportAlarm(exports: TableExports, stage: Stage, topic: AlarmTopic): void {
  addAlarm(exports, STACK_NOTES.exports, {
    stage,
    topic,
    metric: waitingIn(exports.deadLetters),
    atLeast: 1,
  });
}

/** The alarms on what all apps share. */
export function addStackAlarms(
  stack: Stack,
  stage: Stage,
  {
    table,
    events,
    announcements,
  }: {
    table: ITableV2;
    events: ChangeEvents;
    announcements: RunAnnouncements;
  },
  topic: AlarmTopic,
): void {
  const add = (note: AlarmNote, watch: Watch) => addAlarm(stack, note, { stage, topic, ...watch });
  const { publishChanges, deadLetters } = events;
  add(STACK_NOTES.eventErrors, {
    metric: ofFunctions('Errors', publishChanges, announcements.announceRun),
    atLeast: FUNCTION_ERRORS,
  });
  add(STACK_NOTES.eventDeadLetters, {
    metric: waitingIn(deadLetters, announcements.deadLetters),
    atLeast: 1,
  });
  add(STACK_NOTES.tableThrottles, { metric: throttlesOf(table), atLeast: TABLE_THROTTLES });
  add(STACK_NOTES.lag, {
    metric: publishChanges.metric('IteratorAge', { period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
    atLeast: LAG.toMilliseconds(),
  });
}

function appMetric(
  stage: Stage,
  { sdkAppId }: AppSettings,
  metricName: MetricName,
  period: Duration,
): Metric {
  return new Metric({
    namespace: metricsNamespace(stage),
    metricName,
    dimensionsMap: { [DIMENSIONS.app]: String(sdkAppId) },
    statistic: Stats.SUM,
    period,
  });
}

function waitingIn(...queues: readonly IQueue[]): MathExpression {
  const metrics = queues.map((queue) =>
    queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
  );
  return sum('messages', metrics, FIVE_MINUTES);
}

function ofFunctions(metricName: 'Errors' | 'Throttles', ...functions: readonly IFunction[]): MathExpression {
  const metrics = functions.map((one) => one.metric(metricName, { period: QUARTER, statistic: Stats.SUM }));
  return sum(metricName.toLowerCase(), metrics, QUARTER);
}

/** What is turned away of reads and writes; an index has throttling of its own (docs.aws.amazon.com, "DynamoDB metrics and dimensions"). */
function throttlesOf({ tableName: TableName }: ITableV2): MathExpression {
  const throttled = (metricName: string, GlobalSecondaryIndexName?: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName, ...(GlobalSecondaryIndexName && { GlobalSecondaryIndexName }) },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
    });
  const ofIndexes = INDEXES.map(({ name }) => throttled('WriteThrottleEvents', name));
  const metrics = [throttled('ReadThrottleEvents'), throttled('WriteThrottleEvents'), ...ofIndexes];
  return sum('throttled', metrics, FIVE_MINUTES);
}

/** A sum in which a metric without data counts 0: a queue that nobody has used for hours sends none. */
function sum(label: string, metrics: readonly Metric[], period: Duration): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const terms = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: `SUM([${terms.join(', ')}])`, label, usingMetrics, period });
}
