import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Mutant } from './mutants.ts';
import { runSeeds } from './runSeeds.ts';
import { runTests, type TestOptions, type TestRun } from './runTests.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** What a copy of the sources does without. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', '.topic-mirror', 'cdk.out']);

/** What noticed a mistake, or did not. */
export interface Trial {
  readonly by: 'tests' | 'seeds';
  readonly run: TestRun;
}

/** A copy of the sources in which mistakes can be made. */
export interface Workshop {
  /** Runs tests on the sources as they are. */
  run(tests: readonly string[], options?: TestOptions): Promise<TestRun>;
  /** Runs so many seeds of the simulation on the sources as they are. */
  runSeeds(seeds: number): Promise<TestRun>;
  /**
   * Runs what should notice a mutant on the sources with its mistake, which is undone afterwards.
   * @returns the trial by tests and that by seeds, as far as the mutant names them
   */
  runOn(mutant: Mutant): Promise<Trial[]>;
  close(): void;
}

export function openWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'topic-mirror-mutants-'));
  cpSync(ROOT, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const run: Workshop['run'] = (tests, options) => runTests(folder, tests, options);
  return {
    run,
    runSeeds: (seeds) => runSeeds(folder, seeds),
    runOn: async (mutant) => {
      const path = join(folder, mutant.file);
      const source = readFileSync(path, 'utf8');
      writeFileSync(path, mutated(source, mutant));
      try {
        const { tests, titles, seeds } = mutant;
        return [
          ...(tests ? [{ by: 'tests', run: await run(tests, { titles }) } as const] : []),
          ...(seeds === undefined ? [] : [{ by: 'seeds', run: await runSeeds(folder, seeds) } as const]),
        ];
      } finally {
        writeFileSync(path, source);
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @throws an Error when the mutant's text does not stand in its file exactly once */
export function mutated(source: string, { file, text, mistake }: Mutant): string {
  const found = source.split(text).length - 1;
  if (found !== 1) throw new Error(`its text stands in ${file} ${found} times: ${JSON.stringify(text)}`);
  // A function, so that no `$` of the mistake is taken for a pattern.
  return source.replace(text, () => mistake);
}

/** Mutants whose text is not in the sources once, with the reason. */
export function misplaced(mutants: readonly Mutant[]): string[] {
  return mutants.flatMap((mutant) => {
    try {
      mutated(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant);
      return [];
    } catch (error) {
      return [`${mutant.name}: ${(error as Error).message}`];
    }
  });
}
