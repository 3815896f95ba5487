/** A stretch of a table's writes: from its beginning to before its end. */
export interface ExportWindow {
  /** `2026-11-21`, UTC: names the window's export. */
  readonly day: string;
  readonly from: Date;
  readonly to: Date;
}

const DAY_MS = 86_400_000;

/** The shortest window that DynamoDB takes; the longest is a day (docs.aws.amazon.com, ExportTableToPointInTime). */
const SHORTEST_MS = 15 * 60_000;

/**
 * The day before the one on which a schedule fired, UTC: whenever it fires, and however often, the windows of all days follow
 * each other without a gap and do not overlap.
 * @param scheduledTime ISO 8601 @param earliest before which the table cannot be exported
 * @returns undefined when too little of that day can be exported
 */
export function windowBefore(scheduledTime: string, earliest: Date): ExportWindow | undefined {
  const to = Math.floor(Date.parse(scheduledTime) / DAY_MS) * DAY_MS;
  const first = Math.ceil(earliest.getTime() / 1000) * 1000;
  const from = Math.max(to - DAY_MS, first);
  if (to - from < SHORTEST_MS) return undefined;
  return { day: new Date(to - DAY_MS).toISOString().slice(0, 10), from: new Date(from), to: new Date(to) };
}
