import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { allCommunities } from '../../shared/catalog/communities.ts';
import { type DayOfGrowth, queriesOf } from '../../shared/catalog/queries/index.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { topicsOf } from '../../shared/catalog/topics.ts';
import { printable } from '../../shared/printable.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import { collect } from '../support/collect.ts';
import { useMemoryTable } from '../support/memoryTable.ts';
import { LOOKS, seriousFindings, useChromium } from './chromium.ts';
import { HOSTILE } from './sampleCatalog.ts';
import { useReports } from './written.ts';

const table = useMemoryTable();
const { reportOn } = useReports(table);
const open = useChromium();

const DAYS = 14;

let file: string;
let app: number;

beforeAll(async () => {
  const sample = { communities: 30, topicsPerCommunity: 8, days: DAYS, lastDay: '2026-11-22' };
  ({ file, sdkAppId: app } = await reportOn({ ...sample, status: 'INCOMPLETE' }));
}, 120_000);

/** The topics as the catalog gives them. */
async function catalogTopics(): Promise<Snapshot[]> {
  const communities = await collect(allCommunities(table.store, app));
  const topics = communities.map(({ groupId }) => collect(topicsOf(table.store, app, groupId)));
  return (await Promise.all(topics)).flat();
}

/** The texts of one column of a table, all its pages. @param nth from 1 */
async function columnOf(page: Page, id: string, nth: number): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    texts.push(...(await page.locator(`#${id} tbody tr > :nth-child(${nth})`).allInnerTexts()));
    const next = page.locator(`#${id} .pager button:has-text("Next")`);
    if (!(await next.isVisible()) || (await next.getAttribute('aria-disabled')) === 'true') return texts;
    await next.click();
  }
}

const numbers = (texts: readonly string[]) => texts.map((text) => Number(text.replaceAll(',', '')));

describe('the charts of a report', () => {
  const heights = (page: Page, title: string) =>
    page
      .locator(`figure:has(h3:text-is("${title}")) .wide svg rect:not([fill])`)
      .evaluateAll((bars) =>
        bars.filter((bar) => !bar.querySelector('title')).map((bar) => Number(bar.getAttribute('height'))),
      );

  it.each([
    ['New messages', ({ messages }: DayOfGrowth) => messages],
    ['Created', ({ created }: DayOfGrowth) => created],
    ['Deleted', ({ deleted }: DayOfGrowth) => deleted],
    ['Restored', ({ restored }: DayOfGrowth) => restored],
  ])('%s: a bar a day, as high as what the catalog counts', async (title, value) => {
    const { page } = await open(file);
    const days = await collect(
      queriesOf(table.store, app).growthByDay({ from: '2026-11-01', to: '2026-11-22' }),
    );
    const wanted = days.map(value);
    const drawn = await heights(page, title);
    expect(drawn).toHaveLength(DAYS);
    const scale = Math.max(...drawn) / Math.max(...wanted);
    expect(drawn.map((height) => Math.round((height / scale) * 100) / 100)).toEqual(wanted);
  });

  it('Topics: a dot a day, at equal steps for equal counts', async () => {
    const { page } = await open(file);
    const days = await collect(
      queriesOf(table.store, app).growthByDay({ from: '2026-11-01', to: '2026-11-22' }),
    );
    const dots = await page
      .locator('figure:has(h3:text-is("Topics")) .wide svg circle')
      .evaluateAll((circles) => circles.map((circle) => Number(circle.getAttribute('cy'))));
    const topics = days.map((day) => day.topics);
    const [least, most] = [topics.indexOf(Math.min(...topics)), topics.indexOf(Math.max(...topics))];
    const [low = 0, high = 0] = [dots[least], dots[most]];
    const span = (topics[most] ?? 0) - (topics[least] ?? 0);
    const read = dots.map((y) => Math.round((topics[least] ?? 0) + ((low - y) / (low - high)) * span));
    expect(read).toEqual(topics);
  });

  it('are said in words, and stand in a table for whoever cannot see them', async () => {
    const { page } = await open(file);
    const [last] = await collect(runsOf(table.store, app));
    const topics = last?.summary?.topics.active ?? 0;
    const name = await page.locator('figure:has(h3:text-is("Topics")) .wide svg').getAttribute('aria-label');
    expect(name).toContain(`${topics} on 22 November 2026`);
    await page.locator('#growth summary').click();
    const [day, cell] = await page.locator('#growth tbody tr').first().locator('th, td').allInnerTexts();
    expect([day, cell]).toEqual(['22 November 2026', `(${topics})`]);
  });
});

describe('the tables of a report', () => {
  it('hold each topic of the catalog once, with its messages', async () => {
    const { page } = await open(file);
    const topics = (await catalogTopics()).filter(({ status }) => status !== 'deleted');
    const shown = await columnOf(page, 'topics-table', 1);
    const ids = shown.map((text) => text.split('\n').at(-1));
    expect(ids.sort()).toEqual(topics.map(({ topicId }) => topicId).sort());
  });

  it('hold each tombstone with its code and what that means', async () => {
    const { page } = await open(file);
    const deleted = (await catalogTopics()).filter(({ status }) => status === 'deleted');
    expect(deleted.length).toBeGreaterThan(0);
    const why = await columnOf(page, 'deleted-table', 3);
    expect(why.map((text) => Number(text.split(':')[0])).sort()).toEqual(
      deleted.map(({ deletedCode }) => deletedCode).sort(),
    );
    expect(why.every((text) => /^\d+: the .*deleted$/.test(text))).toBe(true);
  });

  it('are sorted by the keyboard alone, and say so', async () => {
    const { page } = await open(file);
    const button = page.locator('#topics-table th button:has-text("Messages")');
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await button.locator('..').getAttribute('aria-sort')).toBe('ascending');
    const messages = numbers(await columnOf(page, 'topics-table', 2));
    expect(messages).toEqual([...messages].sort((a, b) => a - b));
    await button.focus();
    await page.keyboard.press('Space');
    expect(await button.locator('..').getAttribute('aria-sort')).toBe('descending');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Messages');
  });

  it('are searched by the keyboard alone, and say how many are left', async () => {
    const { page } = await open(file);
    await page.getByRole('searchbox', { name: 'Search topics' }).focus();
    await page.keyboard.type('GENERAL');
    const wanted = (await catalogTopics()).filter(
      ({ status, profile }) => status !== 'deleted' && profile.topicName?.startsWith('General'),
    );
    const state = page.locator('#topics-table [role=status]');
    expect(await state.innerText()).toContain(`${wanted.length} topics, out of`);
    await page.keyboard.type('nothing has this');
    expect(await state.innerText()).toMatch(/None of the \d+ topics matches/);
  });

  it('are narrowed by a choice, and leafed through to the end', async () => {
    const { page } = await open(file);
    await page.locator('#topics-table').getByLabel('Posting').selectOption('muted');
    const muted = (await catalogTopics()).filter(
      ({ status, profile }) => status !== 'deleted' && profile.muteAllMember,
    );
    expect(muted.length).toBeGreaterThan(0);
    expect(await columnOf(page, 'topics-table', 6)).toEqual(muted.map(() => 'muted'));
  });
});

describe('a report', () => {
  it('shows names that mean harm as the text that they are', async () => {
    const { page, complaints } = await open(file);
    const names = (await columnOf(page, 'topics-table', 1)).map((text) => text.split('\n')[0]);
    const alive = (await catalogTopics()).filter(({ status }) => status !== 'deleted');
    const hostile = alive.filter(({ profile }) => HOSTILE.includes(profile.topicName ?? ''));
    expect(hostile.length).toBeGreaterThan(5);
    for (const { profile } of hostile) expect(names).toContain(printable(profile.topicName ?? ''));
    expect(await page.evaluate('window.harmed')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('asks for nothing, and lets nothing that is put into it run or be reached', async () => {
    const { page, requests } = await open(file);
    expect(requests).toEqual([]);
    const outcome = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      const outcomes = [];
      try { script.text = 'window.harmed = 1'; document.body.append(script); outcomes.push('made'); }
      catch (error) { outcomes.push(error.name); }
      try { document.body.innerHTML += '<img src=x onerror="window.harmed = 1">'; outcomes.push('made'); }
      catch (error) { outcomes.push(error.name); }
      outcomes.push(await fetch('https://example.com').then(() => 'reached', (error) => error.name));
      return outcomes;
    })()`);
    expect(outcome).toEqual(['TypeError', 'TypeError', 'TypeError']);
    expect(await page.evaluate('window.harmed')).toBeUndefined();
  });

  it.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])(
    'in %s has no complaint, nothing that axe finds serious, and fits its width',
    async (look) => {
      const { page, complaints, requests } = await open(file, LOOKS[look]);
      expect(await seriousFindings(page)).toEqual([]);
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
      const [wide, room] = (await page.evaluate(
        '[document.documentElement.scrollWidth, innerWidth]',
      )) as number[];
      expect(wide).toBeLessThanOrEqual(room ?? 0);
    },
  );

  it('leads a keyboard past its navigation to the figures', async () => {
    const { page } = await open(file);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the figures');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });

  it('prints on light paper without its controls', async () => {
    const { page } = await open(file, LOOKS.dark);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('#topics-table .toolbar').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(28, 33, 38)');
  });
});
