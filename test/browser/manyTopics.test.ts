import { beforeAll, describe, expect, it } from '@jest/globals';
import { useMemoryTable } from '../support/memoryTable.ts';
import { LOOKS, seriousFindings, useChromium } from './chromium.ts';
import { useReports } from './written.ts';

const table = useMemoryTable();
const { reportOn } = useReports(table);
const open = useChromium();

let file: string;

beforeAll(async () => {
  const sample = { communities: 1000, topicsPerCommunity: 20, days: 3, lastDay: '2026-11-22' };
  ({ file } = await reportOn(sample));
}, 600_000);

describe('a report of 20,000 topics', () => {
  it.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])(
    'in %s shows the first of them, and nothing that axe finds serious',
    async (look) => {
      const { page, complaints } = await open(file, LOOKS[look]);
      expect(await page.locator('#topics-table [role=status]').innerText()).toMatch(
        /^1–20 of (19|20),\d{3} topics$/,
      );
      expect(await page.locator('#topics-table tbody tr').count()).toBe(20);
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  it('finds one of them by its name', async () => {
    const { page } = await open(file);
    await page.getByRole('searchbox', { name: 'Search topics' }).fill('Announcements 17');
    const names = await page.locator('#topics-table tbody th bdi:first-child').allInnerTexts();
    expect(names.length).toBeGreaterThan(0);
    expect(await page.locator('#topics-table tbody tr').first().innerText()).toContain('Announcements 17');
  });
});
