import { describe, expect, it } from '@jest/globals';
import { nextNight } from '../../../cli/status/nextNight.ts';

describe('the next night', () => {
  it.each([
    ['0 2 * * ? * UTC', '2026-11-22T01:59:59.000Z', '2026-11-22T02:00:00.000Z'],
    ['0 2 * * ? * UTC', '2026-11-22T20:00:00.321Z', '2026-11-23T02:00:00.000Z'],
    ['30 13,1 * * ? * Asia/Shanghai', '2026-11-22T00:00:00.000Z', '2026-11-22T05:30:00.000Z'],
    // The clocks of Berlin go forward on 28 March 2027 and back on 31 October.
    ['0 4 * * ? * Europe/Berlin', '2027-03-27T12:00:00.000Z', '2027-03-28T02:00:00.000Z'],
    ['0 4 * * ? * Europe/Berlin', '2027-10-30T12:00:00.000Z', '2027-10-31T03:00:00.000Z'],
  ])('of %s is, at %s, that of %s', (schedule, now, next) => {
    expect(nextNight(schedule, Date.parse(now))).toBe(next);
  });

  it.each(['', 'nonsense', '0 2 * * ? * Nowhere/Else'])('of %j cannot be told', (schedule) => {
    expect(nextNight(schedule, 0)).toBeUndefined();
  });
});
