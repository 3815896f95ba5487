import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../bench/report/chromium.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page as a reader has it before his eyes, and what it did that it should not. */
export interface Opened {
  readonly page: Page;
  /** What it asked for beside itself, and what its console holds. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** The looks in which a page has to hold. */
export const LOOKS: Readonly<Record<'light' | 'dark' | 'phone', BrowserContextOptions>> = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};

/** Starts a browser for the tests of one file. @returns opens a file in it */
export function useChromium(): (file: string, look?: BrowserContextOptions) => Promise<Opened> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterEach(() => Promise.all(browser?.contexts().map((context) => context.close()) ?? []));
  afterAll(() => browser?.close());
  return async (file, look = LOOKS.light) => {
    if (!browser) throw new Error('the browser is open only while a test runs');
    const page = await (await browser.newContext(look)).newPage();
    const [requests, complaints]: [string[], string[]] = [[], []];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const { href } = pathToFileURL(file);
    await page.goto(href, { waitUntil: 'load' });
    return { page, requests: requests.filter((url) => url !== href), complaints };
  };
}

/** What axe finds that is serious or critical: the rule, and the first element that breaks it. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}
