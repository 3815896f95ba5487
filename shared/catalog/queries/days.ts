/** Milliseconds of a day, UTC, which has no leap second here. */
const DAY_MS = 86_400_000;

/** The first instant of a day. @param day `2026-11-22`, UTC @returns ISO 8601 UTC with milliseconds */
export function startOf(day: string): string {
  return `${day}T00:00:00.000Z`;
}

/** The last instant of a day that a catalog's time can name. */
export function endOf(day: string): string {
  return `${day}T23:59:59.999Z`;
}

/** The day so many days after another, before it when negative. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(startOf(day)) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Yields the days from one to another, both included; none when the first is the later. */
export function* daysBetween(first: string, last: string): Generator<string> {
  for (let day = first; day <= last; day = dayAfter(day, 1)) yield day;
}
