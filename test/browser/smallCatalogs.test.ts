import { describe, expect, it } from '@jest/globals';
import { openRun } from '../../shared/catalog/runProgress.ts';
import { useMemoryTable } from '../support/memoryTable.ts';
import { seriousFindings, useChromium } from './chromium.ts';
import { useReports } from './written.ts';

const table = useMemoryTable();
const { reportOf, reportOn } = useReports(table);
const open = useChromium();

const NIGHT = '2026-11-22T02:00:00.000Z';

describe('a report of little', () => {
  it('of nothing says how to begin', async () => {
    const { page, complaints } = await open(await reportOf(table.freshApp()));
    expect(await page.locator('body').innerText()).toMatch(/Nothing of this app is mirrored yet.*sync/s);
    expect(await page.locator('section').count()).toBe(0);
    expect({ complaints, serious: await seriousFindings(page) }).toEqual({ complaints: [], serious: [] });
  });

  it('of a run that never ended says so, and draws nothing', async () => {
    const app = table.freshApp();
    await openRun(table.store, app, { runId: NIGHT, startedAt: NIGHT, limit: 100 });
    const { page, complaints } = await open(await reportOf(app));
    const text = await page.locator('body').innerText();
    expect(text).toContain('Run of 22 November 2026, 02:00 RUNNING');
    expect(text).toContain('there is nothing to draw');
    expect(text).toContain('No deleted topics.');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect({ complaints, serious: await seriousFindings(page) }).toEqual({ complaints: [], serious: [] });
  });

  it('of a single night has its bars, and the first topics are the baseline', async () => {
    const sample = { communities: 4, topicsPerCommunity: 3, days: 1, lastDay: '2026-11-22' };
    const { page, complaints } = await open((await reportOn(sample)).file);
    const text = await page.locator('body').innerText();
    expect(text).toMatch(/\d+ topics are not among the created: they are the baseline/);
    expect(text).toContain('its messages are counted from the second on');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(await page.locator('#growth .wide svg circle').count()).toBe(2);
    expect({ complaints, serious: await seriousFindings(page) }).toEqual({ complaints: [], serious: [] });
  });
});
