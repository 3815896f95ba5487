import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import Table from 'cli-table3';

/** Prints rows as a table and keeps them as JSON, with the machine that they were measured on. */
export function report(name: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  const [first] = rows;
  if (!first) return;
  const head = Object.keys(first);
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) table.push(head.map((column) => row[column] ?? ''));
  console.log(table.toString());
  const machine = { node: process.version, cpu: cpus()[0]?.model.trim(), cores: cpus().length };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    `bench/results/${name}.json`,
    `${JSON.stringify({ name, at: new Date(), machine, rows }, null, 2)}\n`,
  );
}
