import type { Logger } from './logger.ts';

/**
 * The metrics that alarms watch; everything else that a dashboard shows is read from log lines, which cost nothing
 * a month. Infrastructure and functions share these names.
 */
export const METRICS = {
  /** 110003 and 10010 answered by the API; also by the dimension `Code`. */
  deletedTopicErrors: 'DeletedTopicErrors',
  /** A key, account or app id that the API refuses even after the secret was read again: the run is halted. */
  authenticationFailures: 'AuthenticationFailures',
  /** Answers that calls come too fast. */
  rateLimitedAnswers: 'RateLimitedAnswers',
  /** Calls that the budget allowed and nobody made, although some were waiting: their moment had passed. */
  droppedSlots: 'DroppedSlots',
  /** Runs that ended, whatever their status. */
  runsClosed: 'RunsClosed',
  runsIncomplete: 'RunsIncomplete',
  /** Confirmed deletions that the guard keeps back, of topics and communities. */
  deletionsHeld: 'DeletionsHeld',
  /** Changes and ends of runs that nobody was told of: records that cannot be read, events that the bus refuses. */
  eventsLost: 'EventsLost',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** Dimensions of the metrics. Never an id of a community, topic or run: each value is billed by the month. */
export const DIMENSIONS = { app: 'SdkAppId', code: 'Code' } as const;

/** Counts things for CloudWatch. */
export interface Metrics {
  /**
   * Counts at once, not at the end of the invocation: what was counted survives a consumer that dies.
   * @param code counts by this error code as well
   */
  count(values: Partial<Record<MetricName, number>>, code?: number): void;
}

/** Counts nothing: a run on a laptop has nobody to alarm. */
export const NO_METRICS: Metrics = { count: () => {} };

/**
 * Counts by log lines in CloudWatch's embedded metric format
 * (docs.aws.amazon.com, "Specification: Embedded metric format").
 * @param namespace the deployment's own, so that two deployments of one app are counted apart
 */
export function createMetrics(namespace: string, sdkAppId: number, logger: Logger, now = Date.now): Metrics {
  return {
    count: (values, code) => {
      const byCode = code === undefined ? [] : [[DIMENSIONS.app, DIMENSIONS.code]];
      const definition = {
        Namespace: namespace,
        Dimensions: [[DIMENSIONS.app], ...byCode],
        Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: 'Count' })),
      };
      logger.info('metrics', {
        _aws: { Timestamp: now(), CloudWatchMetrics: [definition] },
        [DIMENSIONS.app]: String(sdkAppId),
        ...(code !== undefined && { [DIMENSIONS.code]: String(code) }),
        ...values,
      });
    },
  };
}
