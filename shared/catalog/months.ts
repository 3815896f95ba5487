/**
 * The first month that has partitions of its own: earlier times stand there too. Communities have had topics since 2022
 * (Chat SDK 6.2); a month without topics costs its readers half a read unit a shard.
 */
export const FIRST_MONTH = '2022-01';

/** The last second that a four-digit year can name: what is later stands there, so that times sort as text. */
const LAST_SECOND = 253_402_300_799;

/** A time of the API, seconds since 1970, as ISO 8601 UTC with milliseconds. */
export function isoOf(seconds: number): string {
  return new Date(Math.min(Math.max(seconds, 0), LAST_SECOND) * 1000).toISOString();
}

/** The month, UTC, under which a time is kept. @param time ISO 8601 UTC */
export function monthOf(time: string): string {
  const month = time.slice(0, 7);
  return month < FIRST_MONTH ? FIRST_MONTH : month;
}

/** Yields the months that hold the times from one to another, both included; none when the first is the later. */
export function* monthsBetween(from: string, to: string): Generator<string> {
  const last = monthOf(to);
  for (let month = monthOf(from); from <= to && month <= last; month = monthAfter(month)) yield month;
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
