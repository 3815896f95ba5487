import { describe, expect, it } from '@jest/globals';
import { changesClocks, isTimeZone, skippedDay } from '../../infra/timeZone.ts';

describe('a time zone', () => {
  it.each(['UTC', 'Asia/Shanghai', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires'])(
    'may be %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['', 'utc', 'asia/shanghai', 'GMT+8 ', '+08:00', 'Mars/Olympus'])('is not "%s"', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it('makes a night of the year an hour longer where clocks are changed', () => {
    expect(changesClocks('Europe/Berlin')).toBe(true);
    expect(changesClocks('Australia/Sydney')).toBe(true);
    expect(changesClocks('Asia/Singapore')).toBe(false);
  });
});

describe('a night that the clocks pass over', () => {
  it.each([
    ['30 2 * * ? *', 'Europe/Berlin', '2027-03-28'],
    ['30 2 * * ? *', 'America/New_York', '2027-03-14'],
    ['0 2 * * ? *', 'Australia/Sydney', '2027-10-03'],
    ['15 2 * * ? *', 'Australia/Lord_Howe', '2027-10-03'],
    // Only the second spring of the two years has it on a Sunday, the 26th.
    ['30 2 26 * ? *', 'Europe/Berlin', '2028-03-26'],
  ])('is told by its day (%s in %s)', (cron, timeZone, day) => {
    expect(skippedDay(cron, timeZone)).toBe(day);
  });

  it.each([
    ['0 3 * * ? *', 'Europe/Berlin'],
    ['59 1 * * ? *', 'Europe/Berlin'],
    ['30 2 ? * MON-SAT *', 'Europe/Berlin'],
    ['45 2 * * ? *', 'Australia/Lord_Howe'],
    ['30 2 * * ? *', 'Asia/Shanghai'],
    ['30 2 * * ? *', 'UTC'],
  ])('is none with %s in %s', (cron, timeZone) => {
    expect(skippedDay(cron, timeZone)).toBeUndefined();
  });
});
