import { describe, expect, it } from '@jest/globals';
import { dayAfter, daysBetween } from '../../../../shared/catalog/queries/days.ts';
import { type GrowthWanted, growthByDay } from '../../../../shared/catalog/queries/growthByDay.ts';
import type { RunSummary } from '../../../../shared/catalog/run.ts';
import { openRun, writeOutcome } from '../../../../shared/catalog/runProgress.ts';
import { metered } from '../../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../../shared/catalog/units.ts';
import { collect } from '../../../support/collect.ts';
import { useMemoryTable } from '../../../support/memoryTable.ts';

const table = useMemoryTable();

const summary = (
  runId: string,
  status: RunSummary['status'],
  listed: number,
  topics: Partial<RunSummary['topics']>,
  messages: number,
): RunSummary => ({
  runId,
  status,
  elapsedMs: 1,
  communities: { listed, synced: 0, unchanged: 0, failed: 0, unsupported: 0, ignored: 0, deleted: 0 },
  topics: {
    active: 0,
    baseline: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    restored: 0,
    missing: 0,
    held: 0,
    ...topics,
  },
  messages: { topics: 1, new: messages },
  api: { calls: 0, listCalls: 0, retries: 0, rateLimited: 0, peakPerSecond: 0 },
  dynamodb: { writeUnits: 0, readUnits: 0 },
});

async function night(
  app: number,
  runId: string,
  ...[status, listed, topics, messages = 0]: [
    RunSummary['status'],
    number,
    Partial<RunSummary['topics']>,
    number?,
  ]
): Promise<void> {
  await openRun(table.store, app, { runId, startedAt: runId, limit: 100 });
  await writeOutcome(table.store, app, runId, {
    status,
    closedAt: runId,
    reasons: [],
    failures: [],
    summary: summary(runId, status, listed, topics, messages),
  });
}

const growth = (app: number, wanted: GrowthWanted) => collect(growthByDay(table.store, app, wanted));

describe('the growth of an app', () => {
  it('is a record a day: totals of its last run, sums of all its runs, and its messages', async () => {
    const app = table.freshApp();
    await night(app, '2026-11-21T02:00:00.000Z', 'COMPLETE', 10, { active: 100, created: 100 }, 7);
    await night(app, '2026-11-23T02:00:00Z', 'COMPLETE', 12, { active: 110, created: 12, deleted: 2 }, 2);
    await night(
      app,
      '2026-11-23T23:59:59Z',
      'INCOMPLETE',
      11,
      {
        active: 108,
        created: 1,
        deleted: 4,
        restored: 1,
      },
      3,
    );
    await openRun(table.store, app, {
      runId: '2026-11-24T02:00:00Z',
      startedAt: '2026-11-24T02:00:00.000Z',
      limit: 1,
    });
    const days = await growth(app, { from: '2026-11-01', to: '2026-11-24' });
    expect(days).toEqual([
      {
        day: '2026-11-21',
        lastRunId: '2026-11-21T02:00:00.000Z',
        status: 'COMPLETE',
        communities: 10,
        topics: 100,
        created: 100,
        deleted: 0,
        restored: 0,
        messages: 7,
      },
      {
        day: '2026-11-23',
        lastRunId: '2026-11-23T23:59:59Z',
        status: 'INCOMPLETE',
        communities: 11,
        topics: 108,
        created: 13,
        deleted: 6,
        restored: 1,
        messages: 5,
      },
    ]);
    expect(await growth(app, { from: '2026-11-22', to: '2026-11-23' })).toEqual(days.slice(1));
    expect(await growth(app, { from: '2026-11-21', to: '2026-11-22' })).toEqual(days.slice(0, 1));
  });

  it('reads nothing but the ledger', async () => {
    const app = table.freshApp();
    for (const day of daysBetween('2026-11-01', '2026-11-10'))
      await night(app, `${day}T02:00:00.000Z`, 'COMPLETE', 5, { active: 50 });
    const meter = createUnitMeter();
    const wanted = { from: '2026-11-01', to: '2026-11-30' };
    const days = await collect(growthByDay(metered(table.store, meter), app, wanted));
    expect(days.map(({ day }) => day)).toEqual([...daysBetween('2026-11-01', '2026-11-10')]);
    // Ten entries of about a kilobyte in one query, not consistent.
    expect(meter.readUnits).toBeLessThanOrEqual(1.5);
  });
});

describe('days', () => {
  it('follow each other over the ends of months and years', () => {
    expect([...daysBetween('2027-12-30', '2028-01-02')]).toEqual([
      '2027-12-30',
      '2027-12-31',
      '2028-01-01',
      '2028-01-02',
    ]);
    expect(dayAfter('2028-03-01', -1)).toBe('2028-02-29');
    expect([...daysBetween('2026-11-22', '2026-11-21')]).toEqual([]);
  });
});
