import { dayOf } from '../shared/catalog/changes.ts';
import { dayAfter, startOf } from '../shared/catalog/queries/days.ts';
import { CommandError } from './exit.ts';

/** Milliseconds of the units that a span may be given in. */
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day, or a time to the minute, the second or parts of it, in UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

/**
 * Reads an instant from a flag: a time in ISO 8601 UTC, or a span before now.
 * @param now epoch milliseconds
 * @returns ISO 8601 UTC with milliseconds
 * @throws {CommandError} that names the flag and what is allowed
 */
export function readInstant(flag: string, value: string, now: number): string {
  const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(value) ?? [];
  const time = count === undefined ? timeOf(value) : now - Number(count) * (UNITS[unit] ?? Number.NaN);
  const instant = time === undefined ? undefined : isoOf(time);
  if (instant !== undefined) return instant;
  throw new CommandError(
    `${flag} is ${JSON.stringify(value)}; it must be a time in ISO 8601 UTC such as 2026-11-22T02:00:00Z, a day such as 2026-11-22, or a span back from now such as 90m, 24h, 7d or 2w`,
  );
}

/** Reads a day from a flag. @throws {CommandError} that names the flag and what is allowed */
export function readDay(flag: string, value: string): string {
  if (DAY.test(value) && timeOf(value) !== undefined) return value;
  throw new CommandError(`${flag} is ${JSON.stringify(value)}; it must be a day, UTC, such as 2026-11-22`);
}

/** Epoch milliseconds; undefined for what is no time, such as the 30th of February, which Date moves to March. */
function timeOf(value: string): number | undefined {
  const [, day = ''] = TIME.exec(value) ?? [];
  const midnight = new Date(`${day}T00:00:00.000Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** @returns undefined for what a four-digit year cannot name */
function isoOf(time: number): string | undefined {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return undefined;
  const iso = date.toISOString();
  return /^\d{4}-/.test(iso) ? iso : undefined;
}

/** The first instant, ISO 8601 UTC, of so many days of which today, UTC, is the last. @param now epoch milliseconds */
export function sinceDays(count: number, now: number): string {
  return startOf(dayAfter(dayOf(new Date(now).toISOString()), 1 - count));
}
