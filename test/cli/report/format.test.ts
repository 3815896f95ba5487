import { describe, expect, it } from '@jest/globals';
import {
  count,
  dollars,
  duration,
  minute,
  minuteOfSeconds,
  percent,
  shortCount,
} from '../../../cli/report/format.ts';

describe('figures and times', () => {
  it.each([
    [0, '0.0 s'],
    [6412, '6.4 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 0 s'],
    [513_000, '8 min 33 s'],
    [3_599_499, '59 min 59 s'],
    [5_100_000, '1 h 25 min'],
  ])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

  it('are grouped, short on axes, and exact enough for a fraction of a cent', () => {
    expect([count(1234567), shortCount(9999), shortCount(25_600)]).toEqual(['1,234,567', '9,999', '25.6K']);
    expect([dollars(0.000534), dollars(4.122), percent(0.9711)]).toEqual(['$0.00053', '$4.1', '97 %']);
  });

  it('are times to the minute, and nothing for what no calendar has', () => {
    expect(minute('2026-11-22T20:36:59.999Z')).toBe('2026-11-22 20:36');
    expect(minuteOfSeconds(1_690_000_000)).toBe('2023-07-22 04:26');
    expect(minuteOfSeconds(1e18)).toBe('');
  });
});
