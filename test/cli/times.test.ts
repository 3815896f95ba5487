import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDay, readInstant } from '../../cli/times.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const since = (value: string) => readInstant('--since', value, NOW);

describe('an instant from a flag', () => {
  it.each([
    ['24h', '2026-11-21T12:00:00.000Z'],
    ['7d', '2026-11-15T12:00:00.000Z'],
    ['2w', '2026-11-08T12:00:00.000Z'],
    ['90m', '2026-11-22T10:30:00.000Z'],
    ['0h', '2026-11-22T12:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T02:00Z', '2026-11-20T02:00:00.000Z'],
    ['2026-11-20T02:00:01Z', '2026-11-20T02:00:01.000Z'],
    ['2026-11-20T02:00:01.5Z', '2026-11-20T02:00:01.500Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s', (value, instant) => {
    expect(since(value)).toBe(instant);
  });

  it.each([
    'yesterday',
    '',
    '7',
    '-7d',
    '7 d',
    '1.5h',
    '2026-02-30',
    '2026-11-20T25:00Z',
    '2026-11-20T02:00:00',
    '2026-11-20T02:00:00+08:00',
    '2026-11-20Z',
    '999999999999999d',
    '99999999h',
  ])('%j is refused with what is allowed', (value) => {
    expect(() => since(value)).toThrow(
      `--since is ${JSON.stringify(value)}; it must be a time in ISO 8601 UTC such as 2026-11-22T02:00:00Z, a day such as 2026-11-22, or a span back from now such as 90m, 24h, 7d or 2w`,
    );
  });

  it('is what was printed of it, and stands in the order of time', () => {
    const times = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (time) => {
        expect(since(time.toISOString())).toBe(time.toISOString());
      }),
    );
  });
});

describe('a day from a flag', () => {
  it('is a day of the calendar', () => {
    expect(readDay('--day', '2026-11-22')).toBe('2026-11-22');
    for (const value of ['2026-11-31', '2026-1-2', '2026-11-22T00:00Z', 'today', '7d'])
      expect(() => readDay('--day', value)).toThrow(
        `--day is ${JSON.stringify(value)}; it must be a day, UTC, such as 2026-11-22`,
      );
  });
});
