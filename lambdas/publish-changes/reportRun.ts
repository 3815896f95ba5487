import type { RunClosedEvent } from '../../shared/events.ts';
import type { Logger } from '../../shared/logger.ts';
import { METRICS, type Metrics } from '../../shared/metrics.ts';

/** Where the function reports. */
export interface ReportParts {
  readonly logger: Logger;
  /** Counts for an app. */
  readonly metricsOf: (sdkAppId: number) => Metrics;
}

/** Counts a closed run for the alarms, and logs it for the dashboards. */
export function reportRun({ logger, metricsOf }: ReportParts, event: RunClosedEvent): void {
  const { sdkAppId, runId, status, reasons, summary } = event;
  metricsOf(sdkAppId).count({
    [METRICS.runsClosed]: 1,
    [METRICS.runsIncomplete]: status === 'INCOMPLETE' ? 1 : 0,
    // A disbanded community may be held without a topic of its own.
    [METRICS.deletionsHeld]: Math.max(summary.topics.held, status === 'HELD' ? 1 : 0),
  });
  const { elapsedMs } = summary;
  logger.info('run.published', { sdkAppId, runId, status, elapsedMs, reasons, summary });
}

/** Counts and logs that something is not told. @param ids what it is about */
export function reportLost(
  { logger, metricsOf }: ReportParts,
  event: 'record.unreadable' | 'event.refused',
  { sdkAppId, ...ids }: { readonly sdkAppId: number; readonly [id: string]: unknown },
): void {
  metricsOf(sdkAppId).count({ [METRICS.eventsLost]: 1 });
  logger.error(event, { sdkAppId, ...ids });
}
