import { Command, Option } from 'commander';
import { run } from '../cli/run.ts';
import { benchBundles } from './bundles.ts';
import { LATENCY_NAMES, STALLS } from './ceiling/cells.ts';
import { benchCeiling } from './ceiling.ts';
import { benchColdStart } from './coldStart.ts';
import { benchCost } from './cost.ts';
import { benchExport } from './export.ts';
import { benchMemory } from './memory.ts';
import type { Pace } from './night/pass.ts';
import { NIGHTS } from './night/rows.ts';
import { benchNight } from './night.ts';
import { benchPackages } from './packages.ts';
import { benchQueries } from './queries.ts';
import { benchReport } from './report.ts';
import { benchThroughput } from './throughput.ts';

/** `npm run bench …`: figures, each compared with a floor or a peer of the same run. */
const ROWS = [100_000, 1_000_000];

const CONSUMERS = [1, 2, 5, 10];

const BATCHES = [10, 31, 50];

const TOPICS = [3_000, 20_000];

const PACES: readonly Pace[] = ['budget', 'none'];

const BUSY = [0.05, 0.2, 0.5, 1];

const program = new Command('bench').description(
  'Measure. Each benchmark prints a table and writes bench/results/NAME.json',
);

program.command('bundles').description('size of each function as it would be deployed').action(benchBundles);

program
  .command('packages')
  .description('every package of which code is deployed, with its version and licence')
  .action(benchPackages);

program
  .command('cold-start')
  .description('time to import each function as it would be deployed, against client-dynamodb alone')
  .action(benchColdStart);

program
  .command('night')
  .description(
    'a first night, a quiet one and one with messages in half of the topics: time against the floor, CPU and memory',
  )
  .addOption(
    new Option(
      '--communities <n...>',
      'how many; 3000 at the budget and 2000 without one unless told',
    ).argParser(numbersFor([])),
  )
  .addOption(new Option('--topics-per-community <k>', 'on average').default(22).argParser(Number))
  .addOption(
    new Option('--latency <ms>', 'median time to an answer, at the budget').default(0).argParser(Number),
  )
  .addOption(
    new Option('--paces <names>', 'what paces the calls, by commas: budget, none')
      .default(PACES)
      .argParser(namesOf(PACES)),
  )
  .addOption(new Option('--nights <names>', 'which, by commas').default(NIGHTS).argParser(namesOf(NIGHTS)))
  .addOption(new Option('--rounds <n>', 'times; medians are printed').default(1).argParser(Number))
  .option('--checkout <folder>', 'another working copy, measured by turns with this one')
  .option('--apart', 'store and queue in a process of their own: memory and CPU are the mirror’s alone')
  .action(benchNight);

program
  .command('throughput')
  .description(
    'topics a second without any limit of calls, beside a straightforward script, its writes and its calls',
  )
  .addOption(new Option('--communities <n>', 'how many').default(2000).argParser(Number))
  .addOption(new Option('--topics-per-community <k>', 'on average').default(20).argParser(Number))
  .addOption(
    new Option('--rounds <n>', 'mirror and script by turns; medians are printed')
      .default(3)
      .argParser(Number),
  )
  .addOption(
    new Option('--consumers <n>', 'invocations at once, ten communities each').default(5).argParser(Number),
  )
  .action(benchThroughput);

program
  .command('ceiling')
  .description(
    'share of the 200 calls a second that the consumers reach together, and the worst rolling second',
  )
  .addOption(new Option('--consumers <n...>', 'how many').default(CONSUMERS).argParser(numbersFor(CONSUMERS)))
  .addOption(
    new Option('--latency <ms...>', 'median time to an answer').choices(LATENCY_NAMES).default(LATENCY_NAMES),
  )
  .addOption(new Option('--stalls <which>', '1 % of the calls held up').choices(STALLS).default('both'))
  .addOption(new Option('--seconds <n>', 'measured stretch').default(12).argParser(Number))
  .addOption(new Option('--peer', 'the static share beside every cell'))
  .addOption(new Option('--quick', 'six telling cells'))
  .addOption(
    new Option(
      '--core-share <share>',
      'hold each consumer to such a share of a core (Linux, root)',
    ).argParser(Number),
  )
  .action(benchCeiling);

program
  .command('memory')
  .description('memory of a consumer whose batch has nothing but answers of 1 MB')
  .addOption(new Option('--batch <n...>', 'communities').default(BATCHES).argParser(numbersFor(BATCHES)))
  .action(benchMemory);

program
  .command('cost')
  .description('units and dollars a night, beside other ways to keep every topic')
  .addOption(new Option('--communities <n>', 'how many are measured').default(1000).argParser(Number))
  .addOption(new Option('--topics-per-community <k>', 'of each').default(20).argParser(Number))
  .addOption(
    new Option('--busy <share...>', 'nights with messages in such a share of the topics')
      .default(BUSY)
      .argParser(numbersFor(BUSY)),
  )
  .action(benchCost);

program
  .command('export')
  .description('rows a second and memory of an export, beside a bare reading and a bare writer')
  .addOption(new Option('--rows <n...>', 'of all tables, about').default(ROWS).argParser(numbersFor(ROWS)))
  .addOption(new Option('--topics-per-community <k>', 'of each').default(20).argParser(Number))
  .action(benchExport);

program
  .command('queries')
  .description('what each question reads of a large catalog and how soon it is answered')
  .addOption(new Option('--communities <n>', 'how many').default(10_000).argParser(Number))
  .addOption(new Option('--topics-per-community <k>', 'on average').default(20).argParser(Number))
  .action(benchQueries);

program
  .command('report')
  .description('size of the page, time and memory of writing it, and how soon it answers in Chromium')
  .addOption(new Option('--topics <n...>', 'how many').default(TOPICS).argParser(numbersFor(TOPICS)))
  .addOption(new Option('--rounds <n>', 'times that the page is opened').default(5).argParser(Number))
  .action(benchReport);

await run(() => program.parseAsync());

/** @throws when a name is none of those that there are */
function namesOf<Name extends string>(all: readonly Name[]) {
  return (value: string): Name[] => {
    const names = value.split(',') as Name[];
    const unknown = names.find((name) => !all.includes(name));
    if (unknown !== undefined) throw new Error(`${unknown} is none of ${all.join(', ')}`);
    return names;
  };
}

function numbersFor(preset: readonly number[]) {
  return (value: string, earlier: unknown): number[] =>
    Array.isArray(earlier) && earlier !== preset ? [...earlier, Number(value)] : [Number(value)];
}
