import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createReport } from './report.ts';
import type { Outcome } from './simulate.ts';

const USAGE = 'usage: npm run test:simulation -- [--seeds N] [--seed FIRST] [--workers N] [--bail] [--trace]';

/** Seeds that a run of its own tries; fresh ones each time, the first is printed. */
const DEFAULT_SEEDS = 300;

/** Seeds are given out in portions: some take ten times as long as others. */
const PORTION = 10;

interface Asked {
  readonly first: number;
  readonly count: number;
  readonly workers: number;
  /** Whether the first violation is the end. */
  readonly bail: boolean;
  /** Whether every event is printed. */
  readonly trace: boolean;
}

function asked(): Asked {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      workers: { type: 'string' },
      bail: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'seeds' | 'seed' | 'workers', otherwise: number) => {
    const value = Number(values[name] ?? otherwise);
    if (!Number.isSafeInteger(value) || value < 1)
      throw new Error(`--${name} must be a whole number above 0`);
    return value;
  };
  const first = number('seed', Math.floor(Date.now() / 1000) % 1_000_000_000);
  // One seed that is named is a replay.
  const count = number('seeds', values.seed === undefined ? DEFAULT_SEEDS : 1);
  const workers = Math.min(number('workers', availableParallelism()), count);
  return { first, count, workers, bail: values.bail, trace: values.trace };
}

/**
 * Has workers simulate all seeds, each in a process of virtual time of its own.
 * @param isOver asked after each outcome: then no other seed is waited for
 */
async function simulateAll(
  { first, count, workers, trace }: Asked,
  onOutcome: (outcome: Outcome) => void,
  isOver: () => boolean,
): Promise<void> {
  let next = first;
  const end = first + count;
  const portion = () => {
    const from = next;
    next = Math.min(from + PORTION, end);
    return { from, to: next };
  };
  await Promise.all(
    Array.from({ length: workers }, () => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { trace } });
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
        worker.on('message', (outcome: Outcome | 'ready') => {
          if (outcome !== 'ready' && !isOver()) onOutcome(outcome);
          if (isOver()) void worker.terminate();
          else if (outcome === 'ready') worker.postMessage(next < end ? portion() : 'done');
        });
      });
    }),
  );
}

async function main(): Promise<void> {
  let wanted: Asked;
  try {
    wanted = asked();
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const { first, count } = wanted;
  console.log(`Simulating ${count} seeds from ${first}`);
  const began = performance.now();
  const report = createReport((line) => console.log(line));
  await simulateAll(wanted, report.add, () => wanted.bail && report.violated);
  report.summary(performance.now() - began);
  if (report.violated) process.exitCode = 1;
}

await main();
