import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { DETAIL_TYPES } from '../shared/events.ts';
import { must, settings, text, whole } from './settings.ts';
import { app, maxConcurrency, schedule } from './stageApp.ts';

const email = v.pipe(
  v.string(must('it must be an e-mail address')),
  v.email(must('it must be an e-mail address')),
);

const flag = v.boolean(must('it must be true or false'));

const hours = whole(1, 24);

const notifyEntries = {
  /** E-mail addresses that are told of every alarm. */
  alarms: v.optional(v.array(email, must('it must be a list of e-mail addresses')), []),
  /** E-mail addresses that get the summary of every run. */
  summaries: v.optional(v.array(email, must('it must be a list of e-mail addresses')), []),
};

const alarmEntries = {
  /** Answers in five minutes that say something is deleted. */
  deletedTopicErrors: v.optional(whole(1, 1_000_000), 1),
  /** Answers in five minutes that say calls come too fast: 1 in 1,000 of what the budget allows in that time. */
  rateLimitedAnswers: v.optional(whole(1, 1_000_000), 60),
  /**
   * Age of the oldest message of a run. A message that nobody can finish is a dead letter after 5 deliveries of 6
   * minutes; 30 more are for the backlog of 350,000 communities.
   */
  oldestMessageMinutes: v.optional(whole(1, 4 * 24 * 60), 60),
};

const LOG_RETENTION = Object.values(RetentionDays).filter((days) => typeof days === 'number');

const KINDS = Object.keys(DETAIL_TYPES).filter((kind) => kind !== 'runClosed') as Exclude<
  keyof typeof DETAIL_TYPES,
  'runClosed'
>[];

const exportEntries = {
  /** So long that there is always a full export, which is made once a month, and every incremental one since. */
  keepDays: v.optional(whole(62, 3650), 100),
};

const LIMITS = 'what a new table takes and the quota of a table';

/** Units a second that the table takes from the start. Its indexes keep theirs: a first night writes nothing into them. */
const warmThroughputEntries = {
  writeUnitsPerSecond: whole(4000, 40_000, LIMITS),
  readUnitsPerSecond: v.optional(whole(12_000, 40_000, LIMITS)),
};

/** ARN of a table's stream; its groups are the region, the account and the table's name. */
export const STREAM_ARN =
  /^arn:aws[\w-]*:dynamodb:([a-z0-9-]+):(\d{12}):table\/([\w.-]{3,255})\/stream\/[\w:.-]+$/;

const stageEntries = {
  apps: v.pipe(
    v.array(app, must('it must be a list of apps')),
    v.minLength(1, 'is empty; name at least one app'),
  ),
  schedule,
  /** 10 consumers × batches of 10: 195 calls a second even when an answer takes half a second. */
  maxConcurrency: v.optional(maxConcurrency, 10),
  /** False also deletes the table with the stack: for stages that hold nothing of value. */
  deletionProtection: v.optional(flag, true),
  /**
   * ARN of the stream of a table that exists already: one that has outlived its stack, or is back from a point in time.
   * The stack then makes no table, and changes or deletes none (docs/operating.md, "Back to an earlier second").
   */
  existingTable: v.optional(
    v.pipe(
      text,
      v.regex(
        STREAM_ARN,
        must(
          'it must be the ARN of the table’s stream, which aws dynamodb describe-table shows as LatestStreamArn',
        ),
      ),
    ),
  ),
  /** For a first night of a large app; AWS charges for it once (docs/cost.md). It can be raised later, not lowered. */
  warmThroughput: v.optional(
    v.strictObject(warmThroughputEntries, settings(...Object.keys(warmThroughputEntries))),
  ),
  logRetentionDays: v.optional(
    v.picklist(LOG_RETENTION, must(`allowed: ${LOG_RETENTION.join(', ')}`)),
    RetentionDays.ONE_MONTH,
  ),
  notify: v.optional(v.strictObject(notifyEntries, settings(...Object.keys(notifyEntries))), {}),
  /** Hours after the schedule by which a run has to be closed; an alarm says when one is not. */
  closeWithinHours: v.optional(hours, 3),
  alarms: v.optional(v.strictObject(alarmEntries, settings(...Object.keys(alarmEntries))), {}),
  /** Kinds of changes that become events; a million cost $1.00. Messages are no changes, and a first night makes none. */
  events: v.optional(
    v.array(v.picklist(KINDS, must(`allowed: ${KINDS.join(', ')}`)), must('it must be a list of kinds')),
    KINDS,
  ),
  /** Has DynamoDB export the table to a bucket, every day and in full once a month; without it there is no bucket. */
  exports: v.optional(v.strictObject(exportEntries, settings(...Object.keys(exportEntries)))),
  /** Where the runbook is read: alarms link to its entries. */
  runbookUrl: v.optional(text, 'docs/runbook.md'),
  /** Instead of `TopicMirror-<stage>`. */
  stackName: v.optional(text),
  tags: v.optional(v.record(v.string(), text, must('it must be an object of texts'))),
  /** Where to deploy; otherwise where the credentials at hand point. */
  account: v.optional(v.pipe(text, v.regex(/^\d{12}$/, must('it must be an AWS account, 12 digits')))),
  region: v.optional(
    v.pipe(text, v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, must('it must be an AWS region, such as eu-central-1'))),
  ),
};

/** The settings of a stage, checked at run time: a stage file's types are stripped, not checked. */
export const StageSettings = v.strictObject(stageEntries, settings(...Object.keys(stageEntries)));

/** What a stage file says. */
export type StageInput = v.InferInput<typeof StageSettings>;
/** A stage, its defaults filled in. */
export type Stage = v.InferOutput<typeof StageSettings> & { readonly stackName: string };

/** Lets an editor check and explain the settings while they are written. */
export function defineStage(stage: StageInput): StageInput {
  return stage;
}
