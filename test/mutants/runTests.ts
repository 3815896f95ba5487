import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How some tests have ended. */
export interface TestRun {
  /** Full titles of the tests that failed. */
  readonly failed: readonly string[];
  readonly passed: number;
  readonly seconds: number;
  /** Of seeds: the invariant that was violated first. */
  readonly invariant?: string;
  /** Set when there is no result: the tests did not end, or a file could not be loaded. */
  readonly problem?: string;
}

/** What Jest's `--json` holds, as far as it is read here. */
interface JestResult {
  readonly numPassedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A mutant's tests: the slowest file takes a quarter of it by itself. */
const MOST_MS = 90_000;

/** Half of all those files, one after the other. */
export const MOST_OF_ALL_MS = 600_000;

/** How tests are run. */
export interface TestOptions {
  /** Regular expression on full titles. */
  readonly titles?: string | undefined;
  /** Milliseconds after which they count as not ending. */
  readonly mostMs?: number;
}

/** Runs test files in a folder, in a process of their own. */
export async function runTests(
  folder: string,
  tests: readonly string[],
  { titles, mostMs = MOST_MS }: TestOptions = {},
): Promise<TestRun> {
  const result = join(folder, 'result.json');
  rmSync(result, { force: true });
  const began = performance.now();
  const files = tests.map((name) => `test/${name}.test.ts`);
  const only = titles === undefined ? [] : ['-t', titles];
  const ended = await run(folder, mostMs, [
    ...['--runInBand', '--forceExit', '--silent', '--json', `--outputFile=${result}`],
    ...['--runTestsByPath', ...files],
    ...only,
  ]);
  const seconds = (performance.now() - began) / 1000;
  if (!existsSync(result)) return { failed: [], passed: 0, seconds, problem: ended };
  return { ...read(JSON.parse(readFileSync(result, 'utf8')) as JestResult), seconds };
}

function read({ numPassedTests, numRuntimeErrorTestSuites, testResults }: JestResult) {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  const messages = testResults.map(({ message }) => message).join('\n');
  const problem = numRuntimeErrorTestSuites === 0 ? {} : { problem: messages.slice(0, 500) };
  return { failed, passed: numPassedTests, ...problem };
}

async function run(cwd: string, timeout: number, args: readonly string[]): Promise<string> {
  const jest = join('node_modules', 'jest', 'bin', 'jest.js');
  // Whatever suite they belong to.
  const flags = ['--testPathIgnorePatterns=/node_modules/', ...args];
  const child = spawn(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, ...flags], {
    cwd,
    stdio: 'ignore',
    timeout,
    killSignal: 'SIGKILL',
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal === null ? `the tests ended with ${code} and no result` : 'the tests did not end';
}
