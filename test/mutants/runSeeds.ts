import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { TestRun } from './runTests.ts';

/** The slowest of them takes a third of it on a busy machine. */
const MOST_MS = 90_000;

/** The report's line on violations: the first one, and its seed. */
const VIOLATION = /^violations {2}(\S+) \((\d+)\)/m;

/**
 * Runs seeds of the simulation from 1 on in a folder, until one ends in a violation.
 * @returns that as the test which failed, or the seeds as tests that passed
 */
export async function runSeeds(folder: string, seeds: number): Promise<TestRun> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...['--no-warnings', 'test/simulation/main.ts'],
      ...['--seed', '1', '--seeds', String(seeds), '--workers', '1', '--bail'],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: MOST_MS, killSignal: 'SIGKILL' },
  );
  const [printed, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const seconds = (performance.now() - began) / 1000;
  const [, invariant, seed] = VIOLATION.exec(printed) ?? [];
  if (code === 1 && invariant)
    return { failed: [`${invariant}, seed ${seed}`], passed: 0, seconds, invariant };
  if (code === 0) return { failed: [], passed: seeds, seconds };
  const why = code === null ? 'the seeds did not end' : `the simulation ended with ${code}`;
  return { failed: [], passed: 0, seconds, problem: `${why} ${errors.slice(0, 500)}`.trim() };
}
