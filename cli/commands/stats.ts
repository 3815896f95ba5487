import type { Command } from 'commander';
import { dayOf } from '../../shared/catalog/changes.ts';
import { dayAfter } from '../../shared/catalog/queries/days.ts';
import { type DayOfGrowth, queriesOf } from '../../shared/catalog/queries/index.ts';
import { withMirror } from '../mirror.ts';
import { fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { days, type Limited, type ListingOptions, limit, listing } from './options.ts';

const COLUMNS = fields<DayOfGrowth>(
  'day',
  'communities',
  'topics',
  'created',
  'deleted',
  'restored',
  'messages',
  'status',
  'lastRunId',
);

/** The day that a run belongs to is the beginning of its id. */
const TABLE_COLUMNS = COLUMNS.slice(0, 8);

const DEFAULT_DAYS = 30;

interface StatsOptions extends ListingOptions, Limited {
  readonly days: number;
}

/** Adds `stats`, which shows how an app grows. */
export function addStats(program: Command): void {
  listing(program, 'stats', 'communities, topics and messages of an app by day, oldest first')
    .addOption(days('so many days, today the last of them').default(DEFAULT_DAYS))
    .addOption(limit())
    .action(listGrowth);
}

function listGrowth({ days: count, limit, format, ...where }: StatsOptions): Promise<void> {
  const to = dayOf(new Date().toISOString());
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const from = dayAfter(to, 1 - count);
      const growth = queriesOf(store, sdkAppId).growthByDay({ from, to });
      await printListing(first(growth, limit), format === 'table' ? TABLE_COLUMNS : COLUMNS, format);
    },
    where,
  );
}

async function* first<T>(records: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): AsyncGenerator<T> {
  let left = limit;
  for await (const record of records) {
    yield record;
    if (--left <= 0) return;
  }
}
