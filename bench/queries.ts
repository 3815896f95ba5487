import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dollarsOf } from '../infra/prices.ts';
import { openStore } from '../local/servers.ts';
import { metered, type Store } from '../shared/catalog/store.ts';
import { createUnitMeter } from '../shared/catalog/units.ts';
import { ENV } from '../shared/config.ts';
import { fill } from './queries/fill.ts';
import { type Asked, questionsOf } from './queries/questions.ts';
import { report } from './results.ts';

export interface QueriesOptions {
  readonly communities: number;
  /** On average. */
  readonly topicsPerCommunity: number;
}

/**
 * Fills a catalog and asks it each of the questions: what each reads, how soon its first record is there and how soon
 * all are.
 */
export async function benchQueries({ communities, topicsPerCommunity }: QueriesOptions): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topic-mirror-bench-'));
  const store = await openStore({ [ENV.dataDir]: dataDir });
  try {
    const from = Date.now();
    const filled = await fill(store, communities, topicsPerCommunity);
    const seconds = Math.round((Date.now() - from) / 1000);
    console.log(
      `${filled.communities} communities, ${filled.topics} topics, ${filled.changes} changes, written in ${seconds} s`,
    );
    const meter = createUnitMeter();
    const rows = [];
    for (const asked of questionsOf(metered(store, meter), filled)) rows.push(await measure(asked, meter));
    report('queries', rows);
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  { question, ask, take = Number.POSITIVE_INFINITY }: Asked,
  meter: NonNullable<Store['meter']>,
) {
  const units = meter.readUnits;
  const from = performance.now();
  let first: number | undefined;
  let records = 0;
  for await (const _ of ask()) {
    first ??= performance.now() - from;
    if (++records >= take) break;
  }
  const all = performance.now() - from;
  const readUnits = meter.readUnits - units;
  return {
    question,
    records,
    'read units': readUnits,
    dollars: Number(dollarsOf({ writeUnits: 0, readUnits }).toPrecision(2)),
    'first record, ms': Math.round(first ?? all),
    'all, ms': Math.round(all),
  };
}
