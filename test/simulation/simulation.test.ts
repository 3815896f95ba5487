import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const MAIN = new URL('./main.ts', import.meta.url).pathname;

/** @returns what it prints @throws with `code` and `stdout` when it does not end well */
async function simulate(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', MAIN, ...args]);
  return stdout;
}

describe('the simulation', () => {
  test('goes through ten seeds without a violation', async () => {
    const printed = await simulate('--seed', '1', '--seeds', '10', '--workers', '1');
    expect(printed).toMatch(/^seeds {7}10$/m);
    expect(printed).toMatch(/^violations {2}none$/m);
  }, 120_000);

  test('replays a seed exactly, and another seed is another story', async () => {
    const traceOf = async (seed: string) =>
      /trace \S+ of \d+ events/.exec(await simulate('--seed', seed))?.[0];
    const [first, again, other] = await Promise.all([traceOf('9'), traceOf('9'), traceOf('10')]);
    expect(first).toBeDefined();
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  }, 60_000);

  test('refuses a number of seeds that is none', async () => {
    await expect(simulate('--seeds', 'many')).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});
