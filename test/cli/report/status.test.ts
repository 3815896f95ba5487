import { describe, expect, it } from '@jest/globals';
import { keyFiguresOf } from '../../../cli/report/model/keyFigures.ts';
import { statusOf } from '../../../cli/report/model/status.ts';
import { community, run, snapshot } from '../../builders.ts';
import { closedRun, reportData } from './data.ts';

const NIGHT = '2026-11-22T02:00:00.000Z';

describe('what a report says of itself', () => {
  it('before the first run is that nothing is mirrored', () => {
    expect(statusOf(reportData())).toMatchObject({ status: 'EMPTY', asOf: 'No run yet' });
  });

  it('during the first run is that none has ended', () => {
    const status = statusOf(reportData({ runs: [run({ runId: NIGHT })] }));
    expect(status).toMatchObject({ status: 'RUNNING', asOf: 'Run of 22 November 2026, 02:00' });
    expect(status.sentence).toMatch(/No run has ended yet/);
  });

  it('names the newest run that has ended, and one that is under way', () => {
    const runs = [run({ runId: '2026-11-23T02:00:00.000Z' }), closedRun(NIGHT)];
    const { asOf, status, reasons } = statusOf(reportData({ runs }));
    expect({ asOf, status }).toEqual({ asOf: 'Run of 22 November 2026, 02:00', status: 'COMPLETE' });
    expect(reasons).toEqual([expect.stringMatching(/^The run of 23 November 2026, 02:00 has not ended/)]);
  });

  it('says why a run is not COMPLETE, in harmless text, and no more than a reader would read', () => {
    const reasons = ['turned \u202eround', ...Array.from({ length: 9 }, (_, nth) => `reason ${nth}`)];
    const status = statusOf(reportData({ runs: [closedRun(NIGHT, {}, { status: 'INCOMPLETE', reasons })] }));
    expect(status.reasons).toHaveLength(6);
    expect(status.reasons[0]).toBe('turned \\u202eround');
    expect(status.reasons.at(-1)).toBe('And 5 more: see the runs.');
  });
});

describe('the key figures', () => {
  const figure = (data: Parameters<typeof reportData>[0], name: string) =>
    keyFiguresOf(reportData(data)).find((one) => one.name === name);

  it('are of the catalog, and of the last run’s time, calls and units', () => {
    const data = {
      runs: [closedRun(NIGHT, { created: 2, deleted: 1, held: 1 }, { messages: { topics: 4, new: 30 } })],
      mirrored: [
        [
          community(),
          [
            snapshot({ activity: { nextMsgSeq: 1201 } }),
            snapshot({ topicId: 'b', status: 'missing' }),
            snapshot({ topicId: 'c', status: 'deleted' }),
          ],
        ],
      ] as const,
    };
    expect(figure(data, 'Topics')).toMatchObject({
      value: '1',
      note: '2 created, 1 deleted in the last run',
    });
    expect(figure(data, 'Messages')).toMatchObject({
      value: '1,200',
      note: '30 new in the last run, in 4 topics',
    });
    expect(figure(data, 'Missing topics')).toMatchObject({ value: '1', note: '1 of them held for approval' });
    expect(figure(data, 'Deleted topics')).toMatchObject({ value: '1' });
    expect(figure(data, 'Last run took')).toMatchObject({ value: '6.4 s' });
    expect(figure(data, 'Busiest second')).toMatchObject({ value: '75 %' });
    // A million write units at $0.625, two million read units at $0.125.
    expect(figure(data, 'Last run cost')).toMatchObject({ value: '$0.88' });
  });

  it('say nothing of a run before one has ended, nor of missing topics where there are none', () => {
    const names = keyFiguresOf(reportData({ runs: [run()] })).map(({ name }) => name);
    expect(names).toEqual(['Topics', 'Communities', 'Messages', 'Deleted topics']);
  });

  it('take neither the topics nor the messages of a first night for news', () => {
    const data = { runs: [closedRun(NIGHT, { baseline: 900 })] };
    expect(figure(data, 'Topics')?.note).toBe('900 seen for the first time in the last run');
    expect(figure(data, 'Messages')?.note).toBe('ever sent in these topics');
  });

  it('say that a night was quiet', () => {
    const data = { runs: [closedRun(NIGHT)] };
    expect(figure(data, 'Topics')?.note).toBe('none came or went in the last run');
    expect(figure(data, 'Messages')?.note).toBe('none new in the last run');
  });
});
