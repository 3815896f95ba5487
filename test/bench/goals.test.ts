import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Costs, goalsOf as costGoals } from '../../bench/cost/rows.ts';
import { checkGoals } from '../../bench/goals.ts';
import { type Measured, goalsOf as nightGoals } from '../../bench/night/rows.ts';

beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('goals', () => {
  it('pass when all are met, the limit itself included', () => {
    expect(() =>
      checkGoals([
        { what: 'quick', measured: 2, least: 2 },
        { what: 'small', measured: 3, most: 3 },
      ]),
    ).not.toThrow();
  });

  it('end the bench by the names of those that are missed', () => {
    const goals = [
      { what: 'quick', measured: 1.994, least: 2 },
      { what: 'small', measured: 2, most: 3 },
    ];
    expect(() => checkGoals(goals)).toThrow('missed: quick: 1.99, at least 2');
  });

  it('that nothing was measured of are missed', () => {
    expect(() => checkGoals([{ what: 'quick', measured: Number.NaN, least: 2 }])).toThrow('quick');
  });
});

describe('the goals of a night’s cost', () => {
  const peer = { writeUnits: 2000, readUnits: 0 };
  const peers = {
    'put every topic': peer,
    'put where the hash differs': peer,
    'BatchWriteItem, 25 at a time': peer,
    'stamp every topic as seen': peer,
  };
  const night = (name: string, writeUnits: number, talkedIn = 0): Costs => ({
    ...{ night: name, talkedIn, peers },
    mirror: { writeUnits, readUnits: 0 },
    leases: { writeUnits: 0, readUnits: 0 },
  });

  it('compare it with putting every topic, leases included', () => {
    const quiet = { ...night('quiet', 90), leases: { writeUnits: 10, readUnits: 0 } };
    expect(costGoals([quiet])).toEqual([expect.objectContaining({ measured: 20, least: 16 })]);
  });

  it('count what messages add to the one unit of a quiet community', () => {
    const goals = costGoals([night('quiet', 100), night('messages in 5 %', 230, 65)]);
    expect(goals).toContainEqual(expect.objectContaining({ measured: 3, most: 3 }));
  });

  it('ask nothing of a share that nobody has named', () => {
    expect(costGoals([night('messages in 18 %', 230, 65)])).toEqual([]);
  });
});

describe('the goals of nights', () => {
  const night = (name: Measured['night'], ...seconds: number[]): Measured => ({
    ...{ by: 'this', pace: 'none', communities: 2000, topicsPerCommunity: 22, night: name },
    passes: seconds.map((one) => ({
      ...{ seconds: one, cpuSeconds: one, peakMegabytes: 100, status: 'COMPLETE', topics: 44_000 },
    })),
    ...{ worstSecond: 195, refused: 0 },
  });

  it('compare the median of messages with the quiet nights of the same checkout', () => {
    const all = [night('quiet', 5, 4, 9), night('messages', 6), { ...night('quiet', 1), by: 'another' }];
    expect(nightGoals(all, 'this')).toContainEqual(expect.objectContaining({ measured: 1.2, most: 1.3 }));
  });

  it('are asked of this checkout, and of apps of their size alone', () => {
    expect(nightGoals([night('first', 40)], 'another')).toEqual([]);
    expect(nightGoals([{ ...night('first', 40), communities: 300 }], 'this')).toEqual([]);
  });
});
