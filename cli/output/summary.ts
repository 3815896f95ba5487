import type { Run } from '../../shared/catalog/runs.ts';

/** A run's summary as lines for a person. */
export function summaryLines({ summary, reasons = [], failures = [] }: Run): string[] {
  if (!summary) return [];
  const { communities, topics, api, dynamodb } = summary;
  return [
    `run ${summary.runId}: ${summary.status} in ${seconds(summary.elapsedMs)}`,
    ...reasons.map((reason) => `  ! ${reason}`),
    ...failures.map(({ groupId, message }) => `    ${groupId}: ${message}`),
    `  communities  ${parts({ ...communities })}`,
    `  topics       ${parts({ ...topics })}`,
    `  api          ${api.calls} calls (${api.listCalls} of them to list), ${api.retries} retries, ${api.rateLimited} rate-limited, peak ${api.peakPerSecond}/s`,
    `  dynamodb     ${Math.round(dynamodb.writeUnits)} write units, ${Math.round(dynamodb.readUnits)} read units`,
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
