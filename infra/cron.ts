import cronParser from 'aws-cron-parser';
import cronValidate from 'cron-validate';

/**
 * What is wrong with an AWS cron expression of six fields, or undefined when nothing is
 * (docs.aws.amazon.com, EventBridge Scheduler: cron-based schedules).
 */
export function cronProblem(expression: string): string | undefined {
  if (/^\w+\(/.test(expression)) return 'give the six fields alone, without cron()';
  const result = cronValidate.default(expression, { preset: 'aws-cloud-watch' });
  if (result.isError()) return plain(result.getError()[0] ?? 'it is no cron expression');
  // After its last year a schedule would be silent, and the alarm on runs that do not close would never be again.
  return expression.endsWith(' *') ? undefined : 'the last field, the year, must be *';
}

/** The validator's words, without its options' names and the expression, which the caller names. */
function plain(problem: string): string {
  if (problem.includes('mustHaveBlankDayField'))
    return 'day of month and day of week cannot both be given; write ? for one';
  if (problem.includes('allowOnlyOneBlankDayField'))
    return 'day of month and day of week cannot both be ?; write * for one';
  const text = problem.replace(/\.? \(Input cron:.*$/s, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

type Parsed = ReturnType<typeof cronParser.parse>;

const HOUR_MS = 3_600_000;

/** Two years, a leap year among them: no pattern of six fields without a year takes longer to show its gaps. */
const WINDOW = { from: Date.UTC(2027, 0, 1), to: Date.UTC(2029, 0, 1) };

/**
 * The longest time between two firings, in hours of the wall clock; Infinity when it fires less than twice in two
 * years. The figure may be up to an hour too high for a schedule that fires several times in an hour.
 * @param expression one that {@link cronProblem} accepts
 */
export function longestGapHours(expression: string): number {
  const times = firings(expression);
  if (times.length < 2) return Number.POSITIVE_INFINITY;
  const gaps = times.slice(1).map((time, index) => (times[index] ?? time) - time);
  return gaps.reduce((longest, gap) => Math.max(longest, gap), 0) / HOUR_MS;
}

/**
 * Firings in two years, as times of the wall clock, the last one first; of several in an hour the first. Backwards, because
 * the parser's `next` knows a 31 February.
 */
export function firings(expression: string): number[] {
  const cron = sorted(cronParser.parse(expression));
  const times: number[] = [];
  let time = WINDOW.to;
  for (;;) {
    const before = cronParser.prev(cron, new Date(time))?.getTime() ?? 0;
    // Of a day that no year has, it finds the same false one again and again.
    if (before < WINDOW.from || before >= time) return times;
    times.push(before);
    time = before;
  }
}

/** The parser looks for times in fields that it takes for sorted; `13,1` is not. Of the minutes the first is kept. */
function sorted(parsed: Parsed): Parsed {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parsed;
  return {
    ...parsed,
    minutes: inOrder(minutes).slice(0, 1),
    hours: inOrder(hours),
    daysOfMonth: inOrder(daysOfMonth),
    months: inOrder(months),
    daysOfWeek: inOrder(daysOfWeek),
  };
}

/** Fields such as `L` and `2#1` are no lists: their order has a meaning. */
function inOrder<T extends number | string>(field: readonly T[]): T[] {
  return field.every((value) => typeof value === 'number')
    ? field.toSorted((a, b) => Number(a) - Number(b))
    : [...field];
}
