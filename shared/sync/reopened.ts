import type { RunSummary } from '../catalog/run.ts';
import { unchangedOf } from './tally.ts';

type Counted = Omit<RunSummary, 'status'>;

/**
 * The summary of a run that was closed, opened for what had failed, and closed again. It is counted anew; but what a
 * later run has stamped meanwhile is no longer counted as this one's, so no count of work done falls below the first.
 */
export function summaryAfterReopening(first: Counted, now: Counted): Counted {
  const { active } = now.topics;
  const done = most(first.topics, now.topics, ['baseline', 'created', 'updated', 'restored', 'deleted']);
  const unchanged = unchangedOf({ active, ...done });
  const noisyFields = now.noisyFields ?? first.noisyFields;
  return {
    ...now,
    topics: { ...now.topics, ...done, unchanged },
    messages: most(first.messages, now.messages, ['topics', 'new']),
    api: most(first.api, now.api, ['calls', 'listCalls', 'retries', 'rateLimited', 'peakPerSecond']),
    dynamodb: most(first.dynamodb, now.dynamodb, ['writeUnits', 'readUnits']),
    ...(noisyFields && { noisyFields }),
  };
}

function most<Name extends string>(
  first: Readonly<Record<Name, number>>,
  now: Readonly<Record<Name, number>>,
  names: readonly Name[],
): Record<Name, number> {
  const entries = names.map((name) => [name, Math.max(first[name], now[name])]);
  return Object.fromEntries(entries) as Record<Name, number>;
}
