import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import Table from 'cli-table3';
import { priority } from './priority.ts';

export type ResultRow = Readonly<Record<string, string | number>>;

/** Prints rows as a table and keeps them as JSON, with the machine and the priority that they were measured with. */
export function report(name: string, rows: readonly ResultRow[]): void {
  const [first] = rows;
  if (!first) return;
  const head = Object.keys(first);
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) table.push(head.map((column) => row[column] ?? ''));
  console.log(table.toString());
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
    priority: priority(),
  };
  console.log(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}, ${machine.priority} priority`);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    `bench/results/${name}.json`,
    `${JSON.stringify({ name, at: new Date(), machine, rows }, null, 2)}\n`,
  );
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
