import type { Run, RunSummary } from '../../shared/catalog/run.ts';
import { ENV } from '../../shared/config.ts';
import { yieldedLines } from '../../shared/rate/yieldedLines.ts';
import { noisyLine } from '../../shared/sync/noisy.ts';
import { printable } from './printable.ts';

/** A summary with its fields in the documented order: the store keeps maps without one. */
export function inOrder({
  runId,
  status,
  elapsedMs,
  communities: c,
  topics: t,
  messages: m,
  api: a,
  dynamodb: d,
  noisyFields,
}: RunSummary): RunSummary {
  return {
    runId,
    status,
    elapsedMs,
    communities: {
      listed: c.listed,
      synced: c.synced,
      unchanged: c.unchanged,
      failed: c.failed,
      unsupported: c.unsupported,
      ignored: c.ignored,
      deleted: c.deleted,
    },
    topics: {
      active: t.active,
      baseline: t.baseline,
      created: t.created,
      updated: t.updated,
      unchanged: t.unchanged,
      deleted: t.deleted,
      restored: t.restored,
      missing: t.missing,
      held: t.held,
    },
    messages: { topics: m.topics, new: m.new },
    api: {
      calls: a.calls,
      listCalls: a.listCalls,
      retries: a.retries,
      rateLimited: a.rateLimited,
      peakPerSecond: a.peakPerSecond,
    },
    dynamodb: { writeUnits: d.writeUnits, readUnits: d.readUnits },
    ...(noisyFields && { noisyFields: noisyFields.map(({ field, topics }) => ({ field, topics })) }),
  };
}

/** A run's summary as lines for a person. */
export function summaryLines({ summary: stored, reasons = [], failures = [] }: Run): string[] {
  if (!stored) return [];
  const summary = inOrder(stored);
  const { communities, topics, messages, api, dynamodb, noisyFields = [] } = summary;
  return [
    `run ${summary.runId}: ${summary.status} in ${seconds(summary.elapsedMs)}`,
    ...reasons.map((reason) => `  ! ${printable(reason)}`),
    ...failures.map(({ groupId, message }) => `    ${printable(`${groupId}: ${message}`)}`),
    `  communities  ${parts({ ...communities })}`,
    `  topics       ${parts({ ...topics })}`,
    `  messages     ${messages.new} new, in ${messages.topics} topics`,
    `  api          ${api.calls} calls (${api.listCalls} of them to list), ${api.retries} retries, ${api.rateLimited} rate-limited, peak ${api.peakPerSecond}/s`,
    `  dynamodb     ${Math.round(dynamodb.writeUnits)} write units, ${Math.round(dynamodb.readUnits)} read units`,
    ...yieldedLines(api.rateLimited).map((line) => `  ? ${line}`),
    ...noisyFields.map((noisy) => `  ? ${printable(noisyLine(noisy, ENV.counters))}`),
  ];
}

/** Counts as a list; those that are zero are left out, but for the first. */
function parts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count], index) => index === 0 || count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
