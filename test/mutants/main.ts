import { parseArgs } from 'node:util';
import { INVARIANTS } from '../simulation/checks/scene.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { MOST_OF_ALL_MS, type TestRun } from './runTests.ts';
import { misplaced, openWorkshop, type Trial, type Workshop } from './workshop.ts';

/** One for each core of the machines that this runs on. */
const WORKERS = 2;

/** Words that a mutant's name or file holds; `--seeds`: those that seeds should notice, and by them only. */
const { values, positionals } = parseArgs({
  options: { seeds: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const wanted = positionals.join(' ');
const named = MUTANTS.filter(({ name, file }) => `${name} ${file}`.includes(wanted));
const chosen = values.seeds ? named.flatMap(withoutTests) : named;

const lost = misplaced(MUTANTS);
for (const line of lost) console.error(`not found: ${line}`);
const workshops = Array.from({ length: WORKERS }, openWorkshop);
try {
  const red = await redWithoutMistake(workshops);
  for (const line of red) console.error(`red without any mistake: ${line}`);
  const survivors = red.length > 0 || lost.length > 0 ? chosen : await tryAll(workshops);
  process.exitCode = survivors.length > 0 ? 1 : 0;
} finally {
  for (const workshop of workshops) workshop.close();
}

function withoutTests({ tests: _, ...mutant }: Mutant): Mutant[] {
  return mutant.seeds === undefined ? [] : [mutant];
}

/** A test, or a seed, that fails anyway would notice everything. */
async function redWithoutMistake(shops: readonly Workshop[]): Promise<string[]> {
  const files = [...new Set(chosen.flatMap(({ tests = [] }) => tests))];
  const seeds = Math.max(0, ...chosen.map((mutant) => mutant.seeds ?? 0));
  const busy = shops.map(async (shop, index) => {
    const tests = files.filter((_file, at) => at % shops.length === index);
    return [
      ...(tests.length > 0 ? [await shop.run(tests, { mostMs: MOST_OF_ALL_MS })] : []),
      ...(index === 0 && seeds > 0 ? [await shop.runSeeds(seeds)] : []),
    ];
  });
  return (await Promise.all(busy)).flat().flatMap(reds);
}

function reds({ failed, problem }: TestRun): string[] {
  return [...failed, ...(problem === undefined ? [] : [problem])];
}

/** Tries every chosen mutant and prints what noticed it. @returns those that something did not notice */
async function tryAll(shops: readonly Workshop[]): Promise<Mutant[]> {
  const began = performance.now();
  const waiting = [...chosen];
  const survivors: Mutant[] = [];
  const violated = new Map<string, number>();
  const work = async (shop: Workshop) => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const trials = await shop.runOn(mutant);
      if (!trials.every(isNoticed)) survivors.push(mutant);
      print(mutant, trials);
      for (const { run } of trials)
        if (run.invariant !== undefined) violated.set(run.invariant, (violated.get(run.invariant) ?? 0) + 1);
    }
  };
  await Promise.all(shops.map(work));
  const seconds = Math.round((performance.now() - began) / 1000);
  printInvariants(violated);
  console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mistakes noticed in ${seconds} s`);
  return survivors;
}

/** Tests that do not end have noticed something; of seeds only a violation counts. */
function isNoticed({ by, run }: Trial): boolean {
  return run.failed.length > 0 || (by === 'tests' && run.problem === 'the tests did not end');
}

function print({ name }: Mutant, trials: readonly Trial[]): void {
  console.log(`${trials.every(isNoticed) ? '  ' : '! '}${name}`);
  for (const { by, run } of trials) {
    const { failed, passed, seconds, problem } = run;
    const [first = problem ?? `nothing: ${passed} ${by} are green`] = failed;
    const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
    console.log(`      ${by === 'seeds' ? 'seeds: ' : ''}${first}${more} · ${seconds.toFixed(1)} s`);
  }
}

/** Which of the simulation's invariants have shown that they can be violated. */
function printInvariants(violated: ReadonlyMap<string, number>): void {
  if (violated.size === 0) return;
  const counts = [...violated].map(([invariant, count]) => `${invariant} ${count}`);
  console.log(`\nMistakes that seeds noticed, by invariant: ${counts.sort().join(' · ')}`);
  const silent = INVARIANTS.filter((invariant) => !violated.has(invariant));
  if (silent.length > 0) console.log(`Invariants that noticed none: ${silent.join(' · ')}`);
}
