import { beforeAll, describe, expect, it } from '@jest/globals';
import { newestClosed, type ReportData } from '../../../cli/report/catalog/data.ts';
import { readReportData } from '../../../cli/report/catalog/read.ts';
import { timelineOf } from '../../../cli/report/model/periods.ts';
import { queriesOf } from '../../../shared/catalog/queries/index.ts';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import { writeSample } from '../../browser/sampleCatalog.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();

const NOW = '2026-11-22T21:00:00.000Z';

const read = (sdkAppId: number, days = 30, rows = 1000): Promise<ReportData> =>
  readReportData({ store: table.store, sdkAppId }, { days, rows, now: NOW });

describe('the data of a report', () => {
  let app: number;
  beforeAll(async () => {
    app = table.freshApp();
    const sample = { communities: 12, topicsPerCommunity: 4, days: 9, lastDay: '2026-11-22' };
    await writeSample(table.store, app, { ...sample, status: 'INCOMPLETE' });
  });

  it('agree with what the catalog’s own questions answer, day by day', async () => {
    const days = await collect(
      queriesOf(table.store, app).growthByDay({ from: '2026-11-01', to: '2026-11-22' }),
    );
    const { periods } = timelineOf(await read(app));
    const own = periods.map(({ key, figures }) => ({ day: key, ...figures }));
    expect(days).toHaveLength(9);
    expect(own).toMatchObject(
      days.map(({ day, communities, topics, created, deleted, restored, messages, status }) => ({
        ...{ day, communities, topics, created, deleted, restored, messages },
        isComplete: status === 'COMPLETE',
      })),
    );
  });

  it('name the most active topics of the newest run, as the catalog ranks them', async () => {
    const data = await read(app);
    const asOf = newestClosed(data);
    if (!asOf) throw new Error('no run has ended');
    const ranked = await collect(queriesOf(table.store, app).activeTopics(asOf, { limit: 15 }));
    expect(data.active).toMatchObject(ranked);
    expect(data.active.every(({ topicName }) => topicName !== undefined)).toBe(true);
  });

  it('hold the days that are wanted, and know that there were others', async () => {
    const { runs, isWholeLedger } = await read(app, 3);
    expect(runs.map(({ runId }) => runId.slice(0, 10))).toEqual(['2026-11-22', '2026-11-21', '2026-11-20']);
    expect(isWholeLedger).toBe(false);
    expect((await read(app, 9)).isWholeLedger).toBe(true);
  });

  it('keep no more rows than are wanted, and the same counts', async () => {
    const [few, all] = [await read(app, 30, 5), await read(app)];
    expect(few.census.topics.kept).toEqual(all.census.topics.kept.slice(0, 5));
    expect(few.census.topics.all).toBe(all.census.topics.all);
    expect(few.census.counts).toEqual(all.census.counts);
  });

  it('tell how far the reading is', async () => {
    const progress: [number, number][] = [];
    await readReportData(
      { store: table.store, sdkAppId: app },
      { days: 3, rows: 5, now: NOW, onProgress: (...at) => progress.push(at) },
    );
    expect(progress.at(-1)).toEqual([15, 15]);
  });

  it('of an app without a run, or with one that has not ended, are empty and no error', async () => {
    const empty = table.freshApp();
    expect(await read(empty)).toMatchObject({ runs: [], active: [], isWholeLedger: true });
    await openRun(table.store, empty, { runId: NOW, startedAt: NOW, limit: 100 });
    const data = await read(empty);
    expect(data.runs).toHaveLength(1);
    expect(newestClosed(data)).toBeUndefined();
  });
});
