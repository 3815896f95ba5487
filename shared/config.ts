import { quote } from './quote.ts';

/**
 * Every environment variable of the product, named once: the Lambdas, the command line and the infrastructure
 * import this module, so a name cannot drift between the code that reads it and the code that sets it.
 */
export const ENV = {
  /** SDKAppID of the mirrored app, an integer. */
  sdkAppId: 'TENCENT_CHAT_SDK_APP_ID',
  /** Secrets Manager id of the app's secret key (deployed). */
  secretId: 'TENCENT_CHAT_SECRET_ID',
  /** The secret key itself (local only; a deployed function never has it in its environment). */
  secretKey: 'TENCENT_CHAT_SECRET_KEY',
  /** Admin account that signs the calls. */
  identifier: 'TENCENT_CHAT_IDENTIFIER',
  /** From_Account of get_topic. */
  fromAccount: 'TENCENT_CHAT_FROM_ACCOUNT',
  /** Where the app lives: one of the regions of shared/chat/regions.ts. */
  region: 'TENCENT_CHAT_REGION',
  /** Overrides the region's URL; plain http for loopback only. */
  endpoint: 'TENCENT_CHAT_ENDPOINT',
  /** Secret key of the app that `restore --to-app` copies topics to (local only). */
  targetSecretKey: 'TENCENT_CHAT_TARGET_SECRET_KEY',
  /** Where that app lives. */
  targetRegion: 'TENCENT_CHAT_TARGET_REGION',
  /** Overrides that region's URL. */
  targetEndpoint: 'TENCENT_CHAT_TARGET_ENDPOINT',
  /** Admin account of that app. */
  targetIdentifier: 'TENCENT_CHAT_TARGET_IDENTIFIER',
  /** Budget for get_topic, calls a second. */
  callsPerSecond: 'TOPIC_MIRROR_CALLS_PER_SECOND',
  /** Processes that may call the API at once: each one's share of the budget while the leases are out of reach. */
  callers: 'TOPIC_MIRROR_CALLERS',
  /** Guard: topics that one run may delete. */
  maxDeletions: 'TOPIC_MIRROR_MAX_DELETIONS',
  /** Guard: share of the active topics that one run may delete. */
  maxDeletionRatio: 'TOPIC_MIRROR_MAX_DELETION_RATIO',
  /** Days that the messages of each night are kept. */
  activityDays: 'TOPIC_MIRROR_ACTIVITY_DAYS',
  /** Unknown fields of TopicInfo that are counters, besides those that are known to be. */
  counters: 'TOPIC_MIRROR_COUNTERS',
  /** Where the embedded store lives. */
  dataDir: 'TOPIC_MIRROR_DATA_DIR',
  /** Name of the catalog's table (set by the deployment; local commands use `topic-mirror`). */
  table: 'TOPIC_MIRROR_TABLE',
  /** URL of the queue of communities to sync (set by the deployment). */
  communitiesQueue: 'TOPIC_MIRROR_COMMUNITIES_QUEUE_URL',
  /** URL of the queue that wakes close-run (set by the deployment). */
  closingQueue: 'TOPIC_MIRROR_CLOSING_QUEUE_URL',
  /** Namespace of the metrics (set by the deployment; without it nothing is counted). */
  metricsNamespace: 'TOPIC_MIRROR_METRICS_NAMESPACE',
  /** Name of the bus that change events go to (set by the deployment). */
  eventBus: 'TOPIC_MIRROR_EVENT_BUS',
  /** ARN of the topic that run summaries go to (set by the deployment). */
  summaryTopic: 'TOPIC_MIRROR_SUMMARY_TOPIC_ARN',
  /** ARN of the catalog's table, and name of the bucket that it is exported to (set by the deployment). */
  tableArn: 'TOPIC_MIRROR_TABLE_ARN',
  exportBucket: 'TOPIC_MIRROR_EXPORT_BUCKET',
  /** Name of the deployed stack, for the commands that a summary suggests (set by the deployment). */
  stack: 'TOPIC_MIRROR_STACK',
  /** The SDK's own: when set, local commands use that server instead of the embedded one. */
  awsEndpoint: 'AWS_ENDPOINT_URL',
  awsEndpointDynamoDb: 'AWS_ENDPOINT_URL_DYNAMODB',
  awsEndpointSqs: 'AWS_ENDPOINT_URL_SQS',
} as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** A wrong or missing setting. The message is one line that names the variable and says what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Documented ceiling of get_topic, calls a second (tencentcloud.com/document/product/1047/49469). */
export const GET_TOPIC_CEILING = 200;

/**
 * Default budget: under the 160 calls a second, 80 % of the ceiling, above which Tencent tells the app's owner each time
 * (tencentcloud.com/document/product/1047/60256), and room for the app's own backend.
 */
export const DEFAULT_CALLS_PER_SECOND = 155;

/** Largest budget: 2.5 % below the ceiling leaves a slot 25 ms of lateness before a rolling second could hold too many. */
export const MOST_CALLS_PER_SECOND = 195;

/** Default of the processes that may call at once: the consumers of a stage with the usual settings, and an operator. */
export const DEFAULT_CALLERS = 11;

export const DEFAULT_IDENTIFIER = 'administrator';
export const DEFAULT_DATA_DIR = '.topic-mirror';
export const DEFAULT_TABLE = 'topic-mirror';

/** Settings of one mirrored app, except its secret. */
export interface AppConfig {
  readonly sdkAppId: number;
  readonly identifier: string;
  readonly fromAccount: string;
  /** get_topic calls a second that all consumers together may send. */
  readonly callsPerSecond: number;
  /** Processes that may call at once. */
  readonly callers: number;
  /** Days that activity entries are kept; 0 keeps none. */
  readonly activityDays: number;
  /** Names of unknown fields that are activity, besides those of shared/sync/split.ts. */
  readonly counters: readonly string[];
}

/**
 * Reads the settings of the app that a process works for.
 * @throws {ConfigError} naming the variable that is missing or wrong
 */
export function readAppConfig(env: Environment): AppConfig {
  const identifier = text(env, ENV.identifier) ?? DEFAULT_IDENTIFIER;
  return {
    sdkAppId: readSdkAppId(env),
    identifier,
    fromAccount: text(env, ENV.fromAccount) ?? identifier,
    callsPerSecond: readCallsPerSecond(env),
    callers: readCallers(env),
    activityDays: readActivityDays(env),
    counters: readCounters(env),
  };
}

/** @throws {ConfigError} when the variable is missing or not a positive integer */
export function readSdkAppId(env: Environment): number {
  const value = required(
    env,
    ENV.sdkAppId,
    'the SDKAppID of the app to mirror, an integer such as 1400000000',
  );
  const sdkAppId = parseSdkAppId(value);
  if (sdkAppId === undefined) {
    throw new ConfigError(`${ENV.sdkAppId} is ${quote(value)}; it must be an SDKAppID, a positive integer`);
  }
  return sdkAppId;
}

/** The SDKAppID that a text holds, or undefined when it holds none. */
export function parseSdkAppId(value: string): number | undefined {
  const number = /^[1-9]\d{0,15}$/.test(value) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** @throws {ConfigError} when the key is missing */
export function readSecretKey(env: Environment): string {
  return required(env, ENV.secretKey, "the app's secret key from the Chat console");
}

/**
 * The environment of the app that topics are copied to, under the names that a mirrored app's settings have.
 * @throws {ConfigError} when its key is missing
 */
export function targetEnvironment(env: Environment, sdkAppId: number): Environment {
  return {
    ...env,
    [ENV.sdkAppId]: String(sdkAppId),
    [ENV.secretKey]: required(env, ENV.targetSecretKey, `the secret key of the app ${sdkAppId}`),
    [ENV.region]: env[ENV.targetRegion],
    [ENV.endpoint]: env[ENV.targetEndpoint],
    [ENV.identifier]: env[ENV.targetIdentifier],
    [ENV.fromAccount]: undefined,
  };
}

/** @throws {ConfigError} when the value is not a number from 1 to the largest */
export function readCallsPerSecond(env: Environment): number {
  const value = text(env, ENV.callsPerSecond);
  if (value === undefined) return DEFAULT_CALLS_PER_SECOND;
  const rate = Number(value);
  if (!Number.isInteger(rate) || rate < 1 || rate > MOST_CALLS_PER_SECOND) {
    throw new ConfigError(
      `${ENV.callsPerSecond} is ${quote(value)}; it must be a whole number from 1 to ${MOST_CALLS_PER_SECOND}`,
    );
  }
  return rate;
}

function readCallers(env: Environment): number {
  const value = text(env, ENV.callers);
  if (value === undefined) return DEFAULT_CALLERS;
  const callers = Number(value);
  if (Number.isSafeInteger(callers) && callers > 0) return callers;
  throw new ConfigError(`${ENV.callers} is ${quote(value)}; it must be a whole number above 0`);
}

/** Default of the days that activity entries are kept: a year, and a month to look back on it. */
export const DEFAULT_ACTIVITY_DAYS = 400;

function readActivityDays(env: Environment): number {
  const value = text(env, ENV.activityDays);
  if (value === undefined) return DEFAULT_ACTIVITY_DAYS;
  const days = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(days)) return days;
  throw new ConfigError(
    `${ENV.activityDays} is ${quote(value)}; it must be a whole number of days, 0 to keep none`,
  );
}

/** Whether a setting can name a field so: as Tencent names its fields, and short enough for a stamp to count it. */
export function isCounterName(name: string): boolean {
  return /^\w{1,40}$/.test(name);
}

function readCounters(env: Environment): string[] {
  const value = text(env, ENV.counters);
  if (value === undefined) return [];
  const names = value.split(',').map((name) => name.trim());
  if (names.every(isCounterName)) return names;
  throw new ConfigError(
    `${ENV.counters} is ${quote(value)}; it must be names of fields with commas between them, such as HotScore,ViewCount`,
  );
}

/** Guard: topics that one run may delete. */
export const DEFAULT_MAX_DELETIONS = 500;

/** Guard: share of what is active that one run may delete. */
export const DEFAULT_MAX_DELETION_RATIO = 0.15;

/** What one run may delete before a person has to approve. */
export interface GuardConfig {
  readonly maxDeletions: number;
  readonly maxDeletionRatio: number;
}

/** @throws {ConfigError} when a limit is not a number in its range */
export function readGuard(env: Environment): GuardConfig {
  return { maxDeletions: readMaxDeletions(env), maxDeletionRatio: readMaxDeletionRatio(env) };
}

function readMaxDeletions(env: Environment): number {
  const value = text(env, ENV.maxDeletions);
  if (value === undefined) return DEFAULT_MAX_DELETIONS;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new ConfigError(`${ENV.maxDeletions} is ${quote(value)}; it must be a whole number, 0 or more`);
}

function readMaxDeletionRatio(env: Environment): number {
  const value = text(env, ENV.maxDeletionRatio);
  if (value === undefined) return DEFAULT_MAX_DELETION_RATIO;
  const number = /^(\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= 1) return number;
  throw new ConfigError(`${ENV.maxDeletionRatio} is ${quote(value)}; it must be a number from 0 to 1`);
}

/** @throws {ConfigError} when the deployment has not named the table */
export function readTable(env: Environment): string {
  return required(env, ENV.table, 'the name of the catalog table');
}

/** The queues of one app. */
export interface QueueUrls {
  readonly communitiesQueueUrl: string;
  readonly closingQueueUrl: string;
}

/** @throws {ConfigError} naming the variable that is missing */
export function readQueues(env: Environment): QueueUrls {
  return {
    communitiesQueueUrl: required(env, ENV.communitiesQueue, 'the URL of the communities queue'),
    closingQueueUrl: required(env, ENV.closingQueue, 'the URL of the closing queue'),
  };
}

/** The value of a variable; an empty or blank one counts as not set. */
export function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** @param what completes "set it to …" @throws {ConfigError} when the variable is not set */
export function required(env: Environment, name: string, what: string): string {
  const value = text(env, name);
  if (value === undefined) throw new ConfigError(`${name} is not set; set it to ${what}`);
  return value;
}
