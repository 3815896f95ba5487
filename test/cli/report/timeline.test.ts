import { describe, expect, it } from '@jest/globals';
import { baselineNote } from '../../../cli/report/model/baseline.ts';
import { changePanels, messagePanels } from '../../../cli/report/model/panels.ts';
import { timelineOf } from '../../../cli/report/model/periods.ts';
import { run } from '../../builders.ts';
import { closedRun, reportData } from './data.ts';

const night = (day: number) => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('the timeline', () => {
  it('of three days or more is by day: the last run’s totals, the sums of all, and the days between', () => {
    const data = reportData({
      runs: [
        closedRun(night(23), { active: 9, deleted: 1 }, { status: 'INCOMPLETE' }),
        closedRun(
          '2026-11-21T20:00:00.000Z',
          { active: 10, created: 1, updated: 2 },
          { messages: { topics: 3, new: 30 } },
        ),
        closedRun(night(21), { active: 9, created: 2, restored: 1 }, { messages: { topics: 1, new: 10 } }),
        closedRun(night(20), { active: 7, baseline: 7 }),
      ],
    });
    const { grain, periods } = timelineOf(data);
    expect(grain).toBe('day');
    const known = periods.filter(({ label }) => label !== '');
    expect(known.map(({ label }) => label)).toEqual(['20 Nov', '21 Nov', '22 Nov', '23 Nov']);
    expect(known.map(({ figures }) => figures)).toEqual([
      expect.objectContaining({ topics: 7, created: 0, baseline: 7 }),
      {
        ...{ communities: 3, topics: 10, created: 3, updated: 2, deleted: 0, restored: 1, baseline: 0 },
        ...{ messages: 40, messageTopics: 4, isComplete: true },
      },
      undefined,
      expect.objectContaining({ topics: 9, deleted: 1, messages: 0, isComplete: false }),
    ]);
  });

  it('of fewer days is by run, each with its own messages', () => {
    const runs = [
      closedRun('2026-11-22T20:58:30.000Z', {}, { messages: { topics: 5, new: 12 } }),
      closedRun('2026-11-22T20:58:10.000Z'),
    ];
    const { grain, periods } = timelineOf(reportData({ runs }));
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

  it('has no place for a run that has not ended, and none at all without runs', () => {
    expect(timelineOf(reportData({ runs: [run({ status: 'RUNNING' })] })).periods).toEqual([]);
    expect(timelineOf(reportData()).periods).toEqual([]);
  });
});

describe('the baseline', () => {
  const noteOf = (...runs: Parameters<typeof closedRun>[]) =>
    baselineNote(timelineOf(reportData({ runs: runs.map((run) => closedRun(...run)) })));

  it('is no wall of created topics: it is told beside the charts, with when it was', () => {
    const runs = [closedRun(night(22), { created: 2 }), closedRun(night(20), { baseline: 3112 })];
    const timeline = timelineOf(reportData({ runs }));
    const [created] = changePanels(timeline);
    expect(created?.places.flatMap(({ value = [] }) => value)).toEqual([0, 2]);
    expect(baselineNote(timeline)).toMatch(
      /^3,112 topics are not among the created: they are the baseline, .* \(20 November 2026, 02:00\)\.$/,
    );
  });

  it('of later communities adds to that of the first night', () => {
    expect(noteOf([night(22), { baseline: 1 }], [night(21), { baseline: 9 }])).toMatch(
      /^10 topics are .* \(most of them, 9, on 21 November 2026, 02:00\)\.$/,
    );
    expect(noteOf([night(22), { baseline: 1 }])).toMatch(/^1 topic is not among the created: it is/);
  });

  it('is not spoken of where there is none', () => {
    expect(noteOf([night(22), { created: 4 }])).toBeUndefined();
  });
});

describe('edits and messages', () => {
  it('are drawn apart: a topic with messages alone is not among the edited', () => {
    const runs = [closedRun(night(22), { updated: 3 }, { messages: { topics: 120, new: 900 } })];
    const timeline = timelineOf(reportData({ runs }));
    const last = Object.fromEntries(
      [...changePanels(timeline), ...messagePanels(timeline)].map(({ title, places }) => [
        title,
        places.at(-1)?.value,
      ]),
    );
    expect(last).toEqual({
      ...{ Created: 0, Edited: 3, Deleted: 0, Restored: 0 },
      ...{ 'New messages': 900, 'Topics with messages': 120 },
    });
  });
});
