/** How figures and times are written, on the page and in its scripts. Times are UTC, which the page says once. */

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const dollar = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumSignificantDigits: 2,
});

/** `3112` → `3,112`. */
export function count(value: number): string {
  return whole.format(value);
}

/** For axes: `25600` → `25.6K`; up to four digits as they are. */
export function shortCount(value: number): string {
  return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value);
}

/** `0.000534` → `$0.00053`: a night's cost is often a fraction of a cent. */
export function dollars(value: number): string {
  return dollar.format(value);
}

/** `0.9711` → `97 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `6412` → `6.4 s`, `513000` → `8 min 33 s`, `5100000` → `1 h 25 min`. @param ms milliseconds */
export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An ISO 8601 time to the minute: `2026-11-22 20:36`. */
export function minute(time: string): string {
  return time.length < 16 ? time : `${time.slice(0, 10)} ${time.slice(11, 16)}`;
}

/** Epoch seconds as the API gives them, to the minute; empty for what no calendar has. */
export function minuteOfSeconds(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? '' : minute(date.toISOString());
}

const longDay = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const shortDay = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });

/** `22 November 2026`. @param time a day or a time, ISO 8601 UTC */
export function dayInWords(time: string): string {
  return longDay.format(new Date(time));
}

/** `22 Nov`. */
export function dayShort(time: string): string {
  return shortDay.format(new Date(time));
}

/** `20:36`. */
export function clock(time: string): string {
  return time.slice(11, 16);
}
