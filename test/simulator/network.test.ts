import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createNetwork } from '../../simulator/network.ts';
import { GET, someCommunity, start } from './support.ts';

/** The first seed whose first ways, in ms, are as wanted. */
function seedWith(network: Parameters<typeof createNetwork>[0], wanted: (ways: number[]) => boolean): number {
  for (let seed = 1; seed < 100_000; seed++) {
    if (wanted(Array.from({ length: 2 }, createNetwork(network, seed)))) return seed;
  }
  throw new Error('no seed has such ways');
}

describe('the way to the API', () => {
  it('is drawn from the seed, half of it below the median', () => {
    const draw = (seed: number) =>
      Array.from({ length: 1000 }, createNetwork({ medianMs: 4, sigma: 0.3, stalls: 0 }, seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2)).not.toEqual(draw(1));
    expect(draw(1).filter((ms) => ms < 4).length / 1000).toBeCloseTo(0.5, 1);
    expect(Math.max(...draw(1))).toBeLessThan(50);
  });

  it('is 50 to 600 ms longer for the share of the calls that are held up, and the same for the others', () => {
    const draw = (stalls: number) =>
      Array.from({ length: 2000 }, createNetwork({ medianMs: 4, sigma: 0.3, stalls }, 1));
    const free = draw(0);
    const delays = draw(0.1).map((ms, nth) => ms - (free[nth] as number));
    const stalled = delays.filter((ms) => ms > 0);
    expect(stalled.length / 2000).toBeCloseTo(0.1, 1);
    expect(Math.min(...stalled)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...stalled)).toBeLessThan(600);
  });

  it('comes before a call is counted and answered, and the latency after it', async () => {
    const { simulator, getTopic } = await start({
      network: { medianMs: 150, sigma: 0 },
      latency: { medianMs: 100, sigma: 0 },
    });
    const calls = () => simulator.stats().apps[0]?.apis.get_topic.calls;
    const groupId = someCommunity(simulator);
    const startedAt = performance.now();
    const answer = getTopic(groupId);
    await sleep(75);
    expect(calls()).toBe(0);
    while (calls() === 0) await sleep(5);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(149);
    expect((await answer).ErrorCode).toBe(0);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(249);
  });

  it('decides which of two calls is one too many: the one that comes later, not the one sent later', async () => {
    const network = { medianMs: 1, sigma: 0, stalls: 0.5 };
    const seed = seedWith(network, ([first = 0, second = 0]) => first > 400 && second < 5);
    const { simulator, getTopic } = await start({ seed, network, rateLimits: { topicPerSecond: 1 } });
    const groupId = someCommunity(simulator);
    const heldUp = getTopic(groupId);
    await sleep(100);
    expect((await getTopic(groupId)).ErrorCode).toBe(0);
    expect((await heldUp).ErrorCode).toBe(10006);
  });

  it('ends when it ends, although the simulator may be too busy to notice at once', async () => {
    const network = { medianMs: 400, sigma: 1, stalls: 0 };
    const isApart = ([first = 0, second = 0]: number[]) =>
      first > 150 && first < 250 && second > first + 1000 && second < first + 1100;
    const { simulator, call } = await start({ seed: seedWith(network, isApart), network });
    const body = { GroupId: someCommunity(simulator), From_Account: 'someone' };
    const first = call(GET, body);
    await sleep(30);
    const second = call(GET, body);
    await sleep(70);
    const busyUntil = performance.now() + 1400;
    while (performance.now() < busyUntil);
    await Promise.all([first, second]);
    expect(simulator.stats().apps[0]?.apis.get_topic).toMatchObject({ calls: 2, peakPerSecond: 1 });
  });
});
