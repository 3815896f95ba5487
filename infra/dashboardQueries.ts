import type { RunSummary } from '../shared/catalog/run.ts';
import type { LogEvent } from '../shared/logEvents.ts';
import { PRICES } from './prices.ts';

/** A Logs Insights query over the log of publish-changes. */
export interface Query {
  readonly title: string;
  readonly lines: readonly string[];
}

const CLOSED: LogEvent = 'run.published';

/** Of the line that publish-changes logs of every closed run, newest first: 14 nights of two apps. */
function ofRuns(...fields: readonly string[]): string[] {
  return [
    `fields ${['runId', 'sdkAppId', ...fields].join(', ')}`,
    `filter event = "${CLOSED}"`,
    'sort runId desc',
    'limit 28',
  ];
}

/** Fields of a part of the summary (shared/catalog/run.ts), under their own names. */
function summary(part: keyof RunSummary, ...names: readonly string[]): string[] {
  return names.map((name) => `summary.${part}.${name} as ${name}`);
}

const { write, read } = PRICES.dynamodb;

export const QUERIES = {
  nights: {
    title: 'Runs',
    lines: ofRuns('status', ...summary('communities', 'listed', 'failed'), 'reasons.0 as reason'),
  },
  pace: {
    title: 'Minutes and calls',
    lines: ofRuns(
      'elapsedMs / 60000 as minutes',
      'summary.communities.listed as communities',
      ...summary('api', 'calls', 'peakPerSecond', 'retries', 'rateLimited'),
    ),
  },
  changes: {
    title: 'Topics',
    lines: ofRuns(
      ...summary(
        'topics',
        'active',
        'baseline',
        'created',
        'updated',
        'deleted',
        'restored',
        'missing',
        'held',
      ),
      'summary.messages.new as messages',
      'summary.communities.deleted as communitiesDeleted',
    ),
  },
  cost: {
    title: `DynamoDB, its indexes included and slot leases apart, at $${write} and $${read} a million write and read units`,
    lines: ofRuns(
      ...summary('dynamodb', 'writeUnits', 'readUnits'),
      `(summary.dynamodb.writeUnits * ${write} + summary.dynamodb.readUnits * ${read}) / 1000000 as dollars`,
    ),
  },
} as const satisfies Record<string, Query>;
