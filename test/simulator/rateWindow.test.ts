import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RateWindow, RollingCount } from '../../simulator/rateWindow.ts';
import { GET, LIST, sign, someCommunity, start } from './support.ts';

/** Arrival times in ms, never going back. */
const gap = fc.constantFrom(0, 1, 50, 250, 500, 999, 1000);
const arrivals = fc
  .array(gap as fc.Arbitrary<number>, { maxLength: 200 })
  .map((gaps) => gaps.map((_ms, index) => gaps.slice(0, index + 1).reduce((sum, ms) => sum + ms, 0)));

const inSecondBefore = (times: number[], end: number) =>
  times.filter((at) => at > end - 1000 && at <= end).length;

describe('the rate window', () => {
  it('accepts as much as it may in any rolling second, and not one more', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 9 }), (times, limit) => {
        const window = new RateWindow(limit);
        const accepted: number[] = [];
        for (const at of times) {
          const fits = inSecondBefore(accepted, at) < limit;
          expect(window.admits(at)).toBe(fits);
          if (fits) accepted.push(at);
        }
      }),
    );
  });

  it('does not count refused calls, and opens exactly 1000 ms later', () => {
    const window = new RateWindow(1);
    expect([0, 500, 999, 999.9, 1000, 1999, 2000].map((at) => window.admits(at))).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('the rolling count', () => {
  it('knows the most arrivals in any rolling second, without buckets', () => {
    fc.assert(
      fc.property(arrivals, (times) => {
        const counter = new RollingCount();
        const counts = times.map((at) => counter.arrive(at));
        const most = Math.max(0, ...times.map((end) => inSecondBefore(times, end)));
        expect(Math.max(0, ...counts)).toBe(most);
      }),
    );
  });
});

describe('the rate limits of the server', () => {
  it('are one call a second for the list by default', async () => {
    const { call, simulator } = await start({ rateLimits: {} });
    expect((await call(LIST, {})).ErrorCode).toBe(0);
    expect(await call(LIST, {})).toEqual({
      ActionStatus: 'FAIL',
      ErrorCode: 10006,
      ErrorInfo: expect.any(String),
    });
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list).toEqual({
      calls: 2,
      refused: 1,
      intercepted: 0,
      alerts: 0,
      faults: {},
      peakPerSecond: 2,
      codes: { 0: 1, 10006: 1 },
    });
  });

  it.each([60007, 60018] as const)('can answer %d', async (code) => {
    const { call } = await start({ rateLimits: { code } });
    await call(LIST, {});
    expect((await call(LIST, {})).ErrorCode).toBe(code);
  });

  it('are kept per API and per app', async () => {
    const other = { sdkAppId: 1, secretKey: 'k', communities: 2 };
    const { call, getTopic, simulator } = await start({
      rateLimits: { topicPerSecond: 2 },
      otherApps: [other],
    });
    const otherQuery = { sdkappid: '1', usersig: sign(1, 'k', 'administrator') };
    const groupId = someCommunity(simulator);
    const answers = await Promise.all([1, 2, 3, 4].map(() => getTopic(groupId)));
    expect(answers.map(({ ErrorCode }) => ErrorCode).sort((a, b) => a - b)).toEqual([0, 0, 10006, 10006]);
    const destroyed = await call('million_group_open_http_svc/destroy_topic', {
      GroupId: groupId,
      TopicIdList: ['x'],
    });
    expect(destroyed.ErrorCode).toBe(0);
    const elsewhere = await call(GET, { GroupId: '@TGS#_none', From_Account: 'someone' }, otherQuery);
    expect(elsewhere.ErrorCode).toBe(10010);
    expect(simulator.stats().apps.map(({ apis }) => apis.get_topic.calls)).toEqual([4, 1]);
  });

  it('are not used up by calls that fail before them', async () => {
    const { call, simulator } = await start({ rateLimits: {} });
    await call(LIST, {}, { usersig: 'x' });
    await call(LIST, '{');
    expect((await call(LIST, {})).ErrorCode).toBe(0);
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list).toMatchObject({
      calls: 3,
      refused: 0,
      peakPerSecond: 3,
    });
  });

  it('forget counts, but not the window, when stats are reset', async () => {
    const { call, simulator } = await start({ rateLimits: {} });
    await call(LIST, {});
    simulator.resetStats();
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list.calls).toBe(0);
    expect((await call(LIST, {})).ErrorCode).toBe(10006);
    expect((await call(GET, {})).ErrorCode).toBe(10004);
  });
});
