import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FilteredLogEvent,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Aws } from './deployed.ts';
import { CACHE } from './paths.ts';

/** What a failed run's functions logged. */
const FILE = join(CACHE, 'functions.log');

/** All that is logged in a group, in the order of time. */
export async function eventsOf({ logs }: Aws, logGroupName: string): Promise<FilteredLogEvent[]> {
  const found: FilteredLogEvent[] = [];
  const pages = paginateFilterLogEvents({ client: logs }, { logGroupName });
  for await (const { events = [] } of pages) found.push(...events);
  return found;
}

/** Keeps what all functions have logged, and shows the end of it. */
export async function keepFunctionLogs(aws: Aws): Promise<void> {
  const events: FilteredLogEvent[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: aws.logs }, {}))
    for (const { logGroupName = '' } of logGroups) events.push(...(await eventsOf(aws, logGroupName)));
  events.sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
  const lines = events.map(({ message = '' }) => message.trimEnd()).filter((line) => !PLATFORM.test(line));
  writeFileSync(FILE, `${lines.join('\n')}\n`);
  const shown = lines.slice(-25).map((line) => line.slice(0, 500));
  console.error(`\nThe functions said at last (all of it: ${FILE}):\n${shown.join('\n')}`);
}

/** Lines of the platform's, and of Node about MiniStack's wrapper. */
const PLATFORM = /^(START|END|REPORT) RequestId|DEP0169|--trace-deprecation/;
