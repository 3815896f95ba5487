import { MUTANTS, type Mutant } from './mutants.ts';
import { MOST_OF_ALL_MS, type TestRun } from './runTests.ts';
import { misplaced, openWorkshop, type Workshop } from './workshop.ts';

/** One for each core of the machines that this runs on. */
const WORKERS = 2;

/** Words that a mutant's name holds, all of them without an argument. */
const wanted = process.argv.slice(2).join(' ');
const chosen = MUTANTS.filter(({ name, file }) => `${name} ${file}`.includes(wanted));

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

/** A test that fails anyway would notice everything. */
async function redWithoutMistake(shops: readonly Workshop[]): Promise<string[]> {
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const shares = shops.map((_, index) => files.filter((_file, at) => at % shops.length === index));
  const busy = shares.map(async (tests, index) =>
    tests.length === 0 ? [] : reds(await shops[index]?.run(tests, { mostMs: MOST_OF_ALL_MS })),
  );
  return (await Promise.all(busy)).flat();
}

function reds(run: TestRun | undefined): string[] {
  return [...(run?.failed ?? []), ...(run?.problem === undefined ? [] : [run.problem])];
}

/** Tries every chosen mutant and prints what noticed it. @returns those that nothing did */
async function tryAll(shops: readonly Workshop[]): Promise<Mutant[]> {
  const began = performance.now();
  const waiting = [...chosen];
  const survivors: Mutant[] = [];
  const work = async (shop: Workshop) => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const run = await shop.runOn(mutant);
      const isNoticed = run.failed.length > 0 || run.problem === 'the tests did not end';
      if (!isNoticed) survivors.push(mutant);
      print(mutant, run, isNoticed);
    }
  };
  await Promise.all(shops.map(work));
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mistakes noticed in ${seconds} s`);
  return survivors;
}

function print({ name }: Mutant, { failed, passed, seconds, problem }: TestRun, isNoticed: boolean): void {
  const [first = problem ?? `nothing: ${passed} tests are green`] = failed;
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  console.log(`${isNoticed ? '  ' : '! '}${name}\n      ${first}${more} · ${seconds.toFixed(1)} s`);
}
