/** The last second that a four-digit year can name: what is later stands there, so that times sort as text. */
const LAST_SECOND = 253_402_300_799;

/** A time of the API, seconds since 1970, as ISO 8601 UTC with milliseconds. */
export function isoOf(seconds: number): string {
  return new Date(Math.min(Math.max(seconds, 0), LAST_SECOND) * 1000).toISOString();
}
