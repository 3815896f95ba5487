import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ENV } from '../shared/config.ts';
import { bundle, FUNCTIONS } from './bundles.ts';
import { report } from './results.ts';

/** What everything is compared with, measured in the same run: a client bundled as it comes. */
const FLOOR = 'client-dynamodb alone';

/** The function that the schedule starts many of at once: its start is what a night waits for. */
const JUDGED = 'sync-community';

/** The judged function may take this many times the floor to import: no more than the client, with all that it is. */
const LIMIT = 1;

/** Imports of each bundle, after one that fills the disk cache. Odd, so that the median is one of them. */
const SAMPLES = 31;

/** A deployed function's environment: functions read it when they are imported. */
const DEPLOYED = {
  [ENV.sdkAppId]: '1400000000',
  [ENV.secretId]: 'topic-mirror/1400000000',
  [ENV.region]: 'singapore',
  [ENV.table]: 'topic-mirror',
  [ENV.tableArn]: 'arn:aws:dynamodb:us-east-1:000000000000:table/topic-mirror',
  [ENV.exportBucket]: 'topic-mirror-exports',
  [ENV.communitiesQueue]: 'https://sqs.us-east-1.amazonaws.com/000000000000/communities',
  [ENV.closingQueue]: 'https://sqs.us-east-1.amazonaws.com/000000000000/closing',
  [ENV.metricsNamespace]: 'TopicMirror',
  [ENV.eventBus]: 'topic-mirror',
  [ENV.summaryTopic]: 'arn:aws:sns:us-east-1:000000000000:summaries',
  [ENV.stack]: 'topic-mirror',
  AWS_REGION: 'us-east-1',
};

/** Run in a process of its own: prints the milliseconds that an import takes. */
const IMPORT = `
const before = performance.now();
await import(process.argv[1]);
console.log(performance.now() - before);
process.exit();`;

interface Bundle {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Measures how long each function's bundle takes to import in a new process, against the floor.
 * @throws when the judged function is over the limit twice: a busy machine may spoil one measurement
 */
export async function benchColdStart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  try {
    const bundles = await writeBundles(folder);
    let ratio = await measure(bundles);
    if (ratio > LIMIT) ratio = await measure(bundles);
    if (ratio > LIMIT)
      throw new Error(`${JUDGED} takes ${ratio} times as long to import as the floor, over ${LIMIT}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reports every bundle's figures. @returns the judged function's time ÷ the floor's */
async function measure(bundles: readonly Bundle[]): Promise<number> {
  const medians = await medianImports(bundles);
  const floor = medians.get(FLOOR) ?? Number.NaN;
  const ratioOf = (name: string) => Number(((medians.get(name) ?? Number.NaN) / floor).toFixed(3));
  const rows = bundles.map(({ name, bytes }) => ({
    bundle: name,
    kB: Math.round(bytes / 1000),
    'import ms': Number(medians.get(name)?.toFixed(1)),
    'time ÷ floor': ratioOf(name),
    samples: SAMPLES,
  }));
  report('cold-start', rows);
  return ratioOf(JUDGED);
}

/**
 * Median import time of each bundle, by its name. Interleaved, so that a slow spell of the machine meets them all,
 * and each time in another order, so that none always follows the same one.
 */
async function medianImports(bundles: readonly Bundle[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map(bundles.map(({ name }) => [name, [] as number[]]));
  for (const { path } of bundles) await importTime(path);
  for (let sample = 0; sample < SAMPLES; sample++) {
    const order = [...bundles.slice(sample % bundles.length), ...bundles.slice(0, sample % bundles.length)];
    for (const { name, path } of order) times.get(name)?.push(await importTime(path));
  }
  return new Map(Array.from(times, ([name, ms]) => [name, median(ms)]));
}

async function importTime(path: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', IMPORT, path], {
    env: DEPLOYED,
  });
  return Number(stdout);
}

const run = promisify(execFile);

async function writeBundles(folder: string): Promise<Bundle[]> {
  const entries = [
    { name: FLOOR, entry: 'bench/coldStartFloor.ts' },
    ...FUNCTIONS.map((name) => ({ name, entry: `lambdas/${name}/index.ts` })),
  ];
  return Promise.all(
    entries.map(async ({ name, entry }, index) => {
      const path = join(folder, `${index}.mjs`);
      const code = await bundle(entry, { sdkAsItComes: name === FLOOR });
      writeFileSync(path, code);
      return { name, path, bytes: code.length };
    }),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
