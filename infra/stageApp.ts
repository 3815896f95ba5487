import * as v from 'valibot';
import { regions } from '../shared/chat/regions.ts';
import {
  DEFAULT_ACTIVITY_DAYS,
  DEFAULT_CALLS_PER_SECOND,
  DEFAULT_MAX_DELETION_RATIO,
  DEFAULT_MAX_DELETIONS,
  isCounterName,
  MOST_CALLS_PER_SECOND,
} from '../shared/config.ts';
import { cronProblem } from './cron.ts';
import { endpointProblem, must, settings, text, whole } from './settings.ts';
import { isTimeZone } from './timeZone.ts';

const shareMessage = must('it must be a number from 0 to 1');
const share = v.pipe(v.number(shareMessage), v.minValue(0, shareMessage), v.maxValue(1, shareMessage));

/** Messages that all consumers of an app may work on at once: batches of 10, each by one consumer. */
export const maxConcurrency = whole(2, 1000, 'the range of an SQS event source');

export const schedule = v.strictObject(
  {
    /** Six fields: minute, hour, day of month, month, day of week, year. */
    cron: v.pipe(
      v.string(must('it must be an AWS cron expression of six fields, such as "0 3 * * ? *"')),
      v.check(
        (value) => cronProblem(value) === undefined,
        ({ input }) => `is "${input}": ${cronProblem(input)}`,
      ),
    ),
    /** IANA name, such as `Asia/Shanghai`. */
    timeZone: v.pipe(
      v.string(must('it must be the IANA name of a time zone, such as Asia/Shanghai')),
      v.check(isTimeZone, must('it must be the IANA name of a time zone, such as Asia/Shanghai')),
    ),
  },
  settings('cron', 'timeZone'),
);

const SECRET_ARN = /^arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const KEY_ARN = /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** A secret's name or full ARN. The key itself has 64 hexadecimal digits: it must not be shown, nor accepted. */
const secretId = v.pipe(
  v.string('must be the name or the full ARN of a secret in Secrets Manager'),
  v.check(
    (id) => !/^[0-9a-f]{64}$/i.test(id),
    'looks like the secret key itself; put the key into Secrets Manager and name the secret here',
  ),
  v.check(
    (id) => SECRET_ARN.test(id) || /^[\w/+=.@-]+$/.test(id),
    'is neither the name nor the full ARN (with its last six characters) of a secret in Secrets Manager',
  ),
);

const counterName = v.pipe(
  v.string(must('it must be the name of a field, such as HotScore')),
  v.check(isCounterName, must('it must be the name of a field, such as HotScore')),
);

const appEntries = {
  /** SDKAppID. */
  sdkAppId: whole(1, Number.MAX_SAFE_INTEGER),
  /** Where the app's data lives. */
  region: v.picklist(
    Object.keys(regions) as (keyof typeof regions)[],
    must(`allowed: ${Object.keys(regions).join(', ')}`),
  ),
  /** Base URL instead of the region's. */
  endpoint: v.optional(
    v.pipe(
      text,
      v.check(
        (url) => !endpointProblem(url),
        ({ input }) => `${endpointProblem(input)}`,
      ),
    ),
  ),
  /** Name or full ARN of the existing secret that holds the app's secret key as its text. */
  secretId,
  /** The KMS key that the secret is encrypted with, unless it is AWS's own. */
  secretKeyArn: v.optional(v.pipe(text, v.regex(KEY_ARN, must('it must be the ARN of a KMS key')))),
  /** Admin account that signs the calls. */
  identifier: v.optional(text),
  /** From_Account of get_topic. */
  fromAccount: v.optional(text),
  /** Budget for get_topic; an app whose key others use as well needs a smaller one. */
  callsPerSecond: v.optional(
    whole(1, MOST_CALLS_PER_SECOND, 'a little below the ceiling of get_topic'),
    DEFAULT_CALLS_PER_SECOND,
  ),
  /** Guard: topics that one run may delete. */
  maxDeletions: v.optional(whole(0, Number.MAX_SAFE_INTEGER), DEFAULT_MAX_DELETIONS),
  /** Guard: share of the active topics that one run may delete. */
  maxDeletionRatio: v.optional(share, DEFAULT_MAX_DELETION_RATIO),
  /** Days that the messages of each night are kept; 0 keeps none. What the last night saw stands in the rosters all the same. */
  activityDays: v.optional(whole(0, 99_999), DEFAULT_ACTIVITY_DAYS),
  /** Fields of a topic that Tencent does not document and that only count: they are kept, and are no edits. */
  counters: v.optional(
    v.pipe(
      v.array(counterName, must('it must be a list of names of fields')),
      // A function's variables have 4 KB together.
      v.maxLength(20, ({ input }) => `has ${input.length} entries; 20 are allowed`),
    ),
    [],
  ),
  /** Instead of the stage's. */
  schedule: v.optional(schedule),
  maxConcurrency: v.optional(maxConcurrency),
};

export const app = v.strictObject(appEntries, settings(...Object.keys(appEntries)));

export type AppSettings = v.InferOutput<typeof app>;
export type Schedule = v.InferOutput<typeof schedule>;
