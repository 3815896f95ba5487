import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cronProblem, longestGapHours } from '../../infra/cron.ts';

describe('the longest gap of a schedule', () => {
  it.each([
    ['0 3 * * ? *', 24],
    ['0 1,13 * * ? *', 12],
    ['0 3 ? * MON-FRI *', 72],
    ['0 3 ? * 1 *', 168],
    // 28 days without a 29th, 30th or 31st lie between 31 January and 31 March.
    ['0 3 L * ? *', 31 * 24],
    ['*/5 * * * ? *', 1],
  ])('of %s is %d hours', (cron, hours) => {
    expect(cronProblem(cron)).toBeUndefined();
    expect(longestGapHours(cron)).toBe(hours);
  });

  it('is Infinity for a day that no year has', () => {
    expect(longestGapHours('0 3 31 2 ? *')).toBe(Number.POSITIVE_INFINITY);
  });

  it('is that of the calendar, whatever days of the month and hours it names', () => {
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 2, maxLength: 12 });
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(days, hours, (onDays, atHours) => {
        const cron = `0 ${atHours.join(',')} ${onDays.join(',')} * ? *`;
        expect(longestGapHours(cron)).toBe(gapByCalendar(onDays, atHours));
      }),
      { numRuns: 60 },
    );
  });
});

/** Looks at every hour of 2027 and 2028. */
function gapByCalendar(days: readonly number[], hours: readonly number[]): number {
  let longest = 0;
  let last: number | undefined;
  for (let time = Date.UTC(2027, 0, 1); time < Date.UTC(2029, 0, 1); time += 3_600_000) {
    const now = new Date(time);
    if (!days.includes(now.getUTCDate()) || !hours.includes(now.getUTCHours())) continue;
    if (last !== undefined) longest = Math.max(longest, (time - last) / 3_600_000);
    last = time;
  }
  return longest;
}
