import type { Outcome, Violation } from './simulate.ts';

export interface Report {
  add(outcome: Outcome): void;
  /** @param wallMs how long all of it took */
  summary(wallMs: number): void;
  readonly violated: boolean;
}

/** Violations that are told in full; of more only the seed and the name. */
const TOLD_IN_FULL = 5;

/** Adds up what the seeds came to, and tells of each violation at once. */
export function createReport(print: (line: string) => void): Report {
  const faults = new Map<string, number>();
  const runs = new Map<string, number>();
  const hashes: string[] = [];
  const violations: { seed: number; invariant: string }[] = [];
  let [seeds, virtualMs, events] = [0, 0, 0];
  return {
    add: (outcome) => {
      seeds += 1;
      virtualMs += outcome.virtualMs;
      events += outcome.events;
      hashes[seeds - 1] = outcome.hash;
      for (const [name, count] of Object.entries(outcome.faults)) addTo(faults, name, count);
      for (const [name, count] of Object.entries(outcome.runs)) addTo(runs, name, count);
      const [first] = outcome.violations;
      if (!first) return;
      violations.push({ seed: outcome.seed, invariant: first.invariant });
      if (violations.length <= TOLD_IN_FULL) tell(print, outcome.seed, first);
      else print(`Violation: ${first.invariant}, seed ${outcome.seed}: ${first.what}`);
    },
    summary: (wallMs) => {
      print(`seeds       ${seeds}${seeds === 1 ? `, trace ${hashes[0]} of ${events} events` : ''}`);
      print(`runs        ${listed(runs)}`);
      print(`virtual     ${Math.round(virtualMs / 3_600_000)} hours, ${events} events`);
      print(`faults      ${listed(faults)}`);
      print(
        `violations  ${violations.length === 0 ? 'none' : violations.map(({ seed, invariant }) => `${invariant} (${seed})`).join(', ')}`,
      );
      print(`wall time   ${(wallMs / 1000).toFixed(1)} s, ${(wallMs / seeds).toFixed(1)} ms a seed`);
    },
    get violated() {
      return violations.length > 0;
    },
  };
}

function tell(print: (line: string) => void, seed: number, { invariant, what, at, trace }: Violation): void {
  print(`Violation: ${invariant}`);
  print(`  ${what}`);
  print(`  seed ${seed}, virtual time ${at}; before it:`);
  for (const line of trace) print(`    ${line.length > 220 ? `${line.slice(0, 220)}…` : line}`);
  print(`  replay: npm run test:simulation -- --seed ${seed}`);
}

function addTo(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const entries = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, count]) => `${count} ${name}`).join(' · ') || 'none';
}
