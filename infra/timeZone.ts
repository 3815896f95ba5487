import { firings } from './cron.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whether a name is one of the IANA time zone database, spelt as EventBridge Scheduler wants it. */
export function isTimeZone(name: string): boolean {
  // Intl takes offsets such as +08:00 as well, and any case; the Scheduler does not.
  if (!/^[A-Z]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** Whether a zone's clocks go forward and back in the course of a year: a night may then be an hour longer. */
export function changesClocks(timeZone: string): boolean {
  const offsetAt = offsetsOf(timeZone);
  const months = Array.from({ length: 12 }, (_, month) => offsetAt(Date.UTC(2027, month, 1)));
  return new Set(months).size > 1;
}

/**
 * The first day on which a schedule fires at a time that its zone's clocks pass over, such as `2027-03-28`;
 * undefined when there is none. EventBridge Scheduler leaves such a night out
 * (docs.aws.amazon.com, "Daylight savings time in EventBridge Scheduler").
 */
export function skippedDay(cron: string, timeZone: string): string | undefined {
  if (!changesClocks(timeZone)) return undefined;
  const offsetAt = offsetsOf(timeZone);
  // A time of the wall clock exists when an offset in force around it leads back to it.
  const exists = (wall: number) =>
    [wall - DAY_MS, wall + DAY_MS].map(offsetAt).some((offset) => offsetAt(wall - offset) === offset);
  const skipped = firings(cron).findLast((wall) => !exists(wall));
  return skipped === undefined ? undefined : new Date(skipped).toISOString().slice(0, 10);
}

/** What a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (instant) => {
    const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * 60_000);
  };
}
