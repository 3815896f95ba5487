import cronParser from 'aws-cron-parser';

/**
 * When a schedule fires next.
 * @param schedule the six fields of an AWS cron expression and a time zone, such as `0 2 * * ? * Europe/Berlin`
 * @param now epoch milliseconds
 * @returns ISO 8601 UTC; undefined when it cannot be told
 */
export function nextNight(schedule: string, now: number): string | undefined {
  const second = Math.floor(now / 1000) * 1000;
  const fields = schedule.split(' ');
  const timeZone = fields.pop() ?? '';
  try {
    const wall = wallClock(second, timeZone);
    const next = cronParser.next(sorted(cronParser.parse(fields.join(' '))), new Date(wall))?.getTime();
    if (next === undefined) return undefined;
    // What the clocks are ahead of UTC then, found in two steps: the first may be on the other side of a change.
    const near = next - (wall - second);
    return new Date(next - (wallClock(near, timeZone) - near)).toISOString();
  } catch {
    return undefined;
  }
}

/** What the clocks of a zone show at an instant, as if it were UTC; epoch milliseconds, whole seconds. */
function wallClock(instant: number, timeZone: string): number {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'medium' } as const;
  // Swedish dates are those of ISO 8601.
  return Date.parse(`${new Intl.DateTimeFormat('sv-SE', options).format(instant).replace(' ', 'T')}Z`);
}

type Parsed = ReturnType<typeof cronParser.parse>;

/** The parser looks for times in fields that it takes for sorted; `13,1` is not. */
function sorted(parsed: Parsed): Parsed {
  return Object.fromEntries(
    Object.entries(parsed).map(([name, field]) => [name, inOrder(field)]),
  ) as typeof parsed;
}

function inOrder<T>(field: T): T {
  if (!Array.isArray(field) || !field.every((value) => typeof value === 'number')) return field;
  return field.toSorted((a, b) => a - b) as T;
}
