import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';

/** Medians, in ms. */
export interface Answering {
  /** From the start of the navigation to the end of its load event: the page's script has run by then. */
  readonly interactive: number;
  /** From a click on the head of the names until the sorted rows are drawn. */
  readonly sort: number;
  /** From the first letter of a search until what it finds is drawn. */
  readonly search: number;
}

/** Waits for two frames: the first may have been drawn before what it is waited for. */
const DRAWN = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** Opens a page so many times in a fresh context and measures how soon it answers. */
export async function interactiveAfter(file: string, rounds: number): Promise<Answering> {
  const browser = await launchChromium();
  try {
    const all: Answering[] = [];
    for (let round = 0; round < rounds; round++) all.push(await once(browser, file));
    const median = (of: keyof Answering) =>
      Math.round(all.map((one) => one[of]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
    return { interactive: median('interactive'), sort: median('sort'), search: median('search') };
  } finally {
    await browser.close();
  }
}

async function once(browser: Browser, file: string): Promise<Answering> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  await page.locator('#topics-table tbody tr').first().waitFor();
  const measured = await page.evaluate(`(async () => {
    const interactive = performance.timing.loadEventEnd - performance.timing.navigationStart;
    const took = async (work) => {
      const begun = performance.now();
      work();
      await ${DRAWN};
      return performance.now() - begun;
    };
    const table = document.getElementById('topics-table');
    const sort = await took(() => table.querySelector('thead button').click());
    const input = table.querySelector('input');
    const search = await took(() => {
      input.value = 'e 1';
      input.dispatchEvent(new Event('input'));
    });
    return { interactive, sort, search };
  })()`);
  await context.close();
  return measured as Answering;
}
