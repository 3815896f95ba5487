import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { FirstNight, FirstNightOutcome } from './firstNight.ts';

const MAIN = new URL('./firstNight.ts', import.meta.url).pathname;

/** A new AWS account, and the mirror as it is deployed at 195 calls a second. */
const DEPLOYED = {
  topicsPerCommunity: 20,
  callsPerSecond: 195,
  accountConcurrency: 10,
  maxConcurrency: 10,
  batchSize: 39,
};

async function simulate(night: Partial<FirstNight>): Promise<FirstNightOutcome> {
  const asked = JSON.stringify({ ...DEPLOYED, ...night });
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', MAIN, asked]);
  return JSON.parse(stdout) as FirstNightOutcome;
}

/** How much longer it took than table and budget need. */
const ratioOf = ({ ms, tableMs, callsMs }: FirstNightOutcome) => ms / Math.max(tableMs, callsMs);

describe('a first night with ten functions', () => {
  test('of 5,000 communities on a new table is COMPLETE, as fast as the table allows, and nothing comes twice', async () => {
    const night = await simulate({ communities: 5000, writeUnits: 4000 });
    expect(night).toMatchObject({ status: 'COMPLETE', deadLetters: 0, redelivered: 0 });
    expect(night.topics.there).toBeGreaterThan(95_000);
    expect(night.topics.stored).toBe(night.topics.there);
    // The table is the narrow place, and is found out to be.
    expect(night.tableMs).toBeGreaterThan(night.callsMs);
    expect(night.writesSentBack).toBeGreaterThan(0);
    expect(ratioOf(night)).toBeLessThan(1.1);
  }, 120_000);

  test('waits for a table that takes a tenth of it, and nothing comes twice', async () => {
    const night = await simulate({ communities: 600, writeUnits: 400 });
    expect(night).toMatchObject({ status: 'COMPLETE', deadLetters: 0, redelivered: 0 });
    expect(night.topics.stored).toBe(night.topics.there);
    expect(ratioOf(night)).toBeLessThan(1.1);
  }, 60_000);

  test('outlasts a table on which messages come back to the queue', async () => {
    const night = await simulate({ communities: 400, writeUnits: 100 });
    expect(night).toMatchObject({ status: 'COMPLETE', deadLetters: 0 });
    expect(night.redelivered).toBeGreaterThan(0);
    expect(night.topics.stored).toBe(night.topics.there);
  }, 60_000);
});
