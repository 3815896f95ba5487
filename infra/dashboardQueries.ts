import type { RunSummary } from '../shared/catalog/run.ts';

/** A Logs Insights query over the log of publish-changes. */
export interface Query {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Dollars for a million units, on demand, us-east-1 (aws.amazon.com/dynamodb/pricing/on-demand, November 2026). */
export const DYNAMODB_PRICES = { write: 0.625, read: 0.125 } as const;

/** Of the line that publish-changes logs of every closed run, newest first: 14 nights of two apps. */
function ofRuns(...fields: readonly string[]): string[] {
  return [
    `fields ${['runId', 'sdkAppId', ...fields].join(', ')}`,
    'filter event = "run.published"',
    'sort runId desc',
    'limit 28',
  ];
}

/** Fields of a part of the summary (shared/catalog/run.ts), under their own names. */
function summary(part: keyof RunSummary, ...names: readonly string[]): string[] {
  return names.map((name) => `summary.${part}.${name} as ${name}`);
}

const { write, read } = DYNAMODB_PRICES;

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
      ...summary('topics', 'active', 'created', 'updated', 'deleted', 'restored', 'missing', 'held'),
      'summary.communities.deleted as communitiesDeleted',
    ),
  },
  cost: {
    title: `DynamoDB, on demand in us-east-1: $${write} a million write units, $${read} a million read units`,
    lines: ofRuns(
      ...summary('dynamodb', 'writeUnits', 'readUnits'),
      `(summary.dynamodb.writeUnits * ${write} + summary.dynamodb.readUnits * ${read}) / 1000000 as dollars`,
    ),
  },
} as const satisfies Record<string, Query>;
