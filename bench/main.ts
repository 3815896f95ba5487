import { Command, Option } from 'commander';
import { run } from '../cli/run.ts';
import { benchBundles } from './bundles.ts';
import { benchColdStart } from './coldStart.ts';
import { benchNight } from './night.ts';

/** `npm run bench …`: figures, each compared with a floor or a peer of the same run. */
const PRESET = [1_000, 10_000];

const program = new Command('bench').description(
  'Measure. Each benchmark prints a table and writes bench/results/NAME.json',
);

program.command('bundles').description('size of each function as it would be deployed').action(benchBundles);

program
  .command('cold-start')
  .description('time to import each function as it would be deployed, against client-dynamodb alone')
  .action(benchColdStart);

program
  .command('night')
  .description('a first and a quiet night: time against the floor, memory and CPU of the mirror alone')
  .addOption(new Option('--communities <n...>', 'how many').default(PRESET).argParser(numbers))
  .addOption(new Option('--topics-per-community <k>', 'on average').default(2).argParser(Number))
  .action(benchNight);

await run(() => program.parseAsync());

function numbers(value: string, earlier: unknown): number[] {
  const number = Number(value);
  return Array.isArray(earlier) && earlier !== PRESET ? [...earlier, number] : [number];
}
