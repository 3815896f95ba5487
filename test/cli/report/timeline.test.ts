import { describe, expect, it } from '@jest/globals';
import { timelineOf } from '../../../cli/report/model/periods.ts';
import { run } from '../../builders.ts';
import { closedRun, reportData } from './data.ts';

const night = (day: number) => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('the timeline', () => {
  it('of three days or more is by day: the last run’s totals, the sums of all, and the days between', () => {
    const data = reportData({
      isWholeLedger: true,
      runs: [
        closedRun(night(23), { active: 9, deleted: 1 }, { status: 'INCOMPLETE' }),
        closedRun('2026-11-21T20:00:00.000Z', { active: 10, created: 1, updated: 2 }),
        closedRun(night(21), { active: 9, created: 2, restored: 1 }),
        closedRun(night(20), { active: 7, created: 7 }),
      ],
      messagesByDay: new Map([['2026-11-21', { known: 40, ofCreated: 3 }]]),
    });
    const { grain, periods } = timelineOf(data);
    expect(grain).toBe('day');
    const known = periods.filter(({ label }) => label !== '');
    expect(known.map(({ label }) => label)).toEqual(['20 Nov', '21 Nov', '22 Nov', '23 Nov']);
    expect(known.map(({ figures }) => figures)).toEqual([
      expect.objectContaining({ topics: 7, created: 7, foundFirst: 7 }),
      {
        ...{ communities: 3, topics: 10, created: 3, updated: 2, deleted: 0, restored: 1, foundFirst: 0 },
        ...{ messages: 40, isComplete: true },
      },
      undefined,
      expect.objectContaining({ topics: 9, deleted: 1, messages: 0, isComplete: false }),
    ]);
  });

  it('of fewer days is by run, each with its own messages', () => {
    const runs = ['2026-11-22T20:58:30.000Z', '2026-11-22T20:58:10.000Z'].map((id) => closedRun(id));
    const messagesByRun = new Map([['2026-11-22T20:58:30.000Z', { known: 12, ofCreated: 0 }]]);
    const { grain, periods } = timelineOf(reportData({ runs, messagesByRun }));
    expect(grain).toBe('run');
    expect(periods.slice(-2).map(({ label, figures }) => [label, figures?.messages])).toEqual([
      ['20:58', 0],
      ['20:58', 12],
    ]);
  });

  it('has room for more than a single run, so that its bar is no wall', () => {
    const { periods } = timelineOf(reportData({ runs: [closedRun(night(22))] }));
    expect(periods).toHaveLength(7);
    expect(new Set(periods.map(({ key }) => key)).size).toBe(7);
    expect(periods.filter(({ figures }) => figures)).toHaveLength(1);
  });

  it('takes no first run out that is older than what was read', () => {
    const runs = [closedRun(night(22), { created: 5 })];
    const first = (isWholeLedger: boolean) =>
      timelineOf(reportData({ runs, isWholeLedger })).periods.at(-1)?.figures?.foundFirst;
    expect([first(true), first(false)]).toEqual([5, 0]);
  });

  it('has no place for a run that has not ended, and none at all without runs', () => {
    expect(timelineOf(reportData({ runs: [run({ status: 'RUNNING' })] })).periods).toEqual([]);
    expect(timelineOf(reportData()).periods).toEqual([]);
  });
});
