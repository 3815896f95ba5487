import { describe, expect, it } from '@jest/globals';
import { openRun } from '../../../shared/catalog/runProgress.ts';
import { runsOf } from '../../../shared/catalog/runs.ts';
import { collect } from '../../support/collect.ts';
import { OPENED, useLedgers } from './openedRun.ts';

const { table } = useLedgers();

describe('the runs of an app', () => {
  it('stand newest first, as many as asked for', async () => {
    const app = table.freshApp();
    const nights = ['2026-11-20', '2026-11-22', '2026-11-21'].map((day) => `${day}T01:00:00.000Z`);
    for (const runId of nights) await openRun(table.store, app, { ...OPENED, runId });
    const idsOf = async (options?: { limit: number }) =>
      (await collect(runsOf(table.store, app, options))).map(({ runId }) => runId.slice(8, 10));
    expect(await idsOf()).toEqual(['22', '21', '20']);
    expect(await idsOf({ limit: 2 })).toEqual(['22', '21']);
  });
});
