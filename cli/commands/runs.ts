import type { Command } from 'commander';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import { withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { type Column, fields } from '../output/columns.ts';
import { type RunRecord, runRecord } from '../records.ts';
import { after, type ListingOptions, limit, listing, type Paged } from './options.ts';

const COLUMNS: Column<RunRecord>[] = [
  ...fields<RunRecord>('runId', 'status'),
  { name: 'elapsedMs', value: ({ summary }) => summary?.elapsedMs },
  { name: 'listed', value: ({ summary }) => summary?.communities.listed },
  { name: 'failed', value: ({ summary }) => summary?.communities.failed },
  { name: 'active', value: ({ summary }) => summary?.topics.active },
  { name: 'created', value: ({ summary }) => summary?.topics.created },
  { name: 'updated', value: ({ summary }) => summary?.topics.updated },
  { name: 'deleted', value: ({ summary }) => summary?.topics.deleted },
  { name: 'missing', value: ({ summary }) => summary?.topics.missing },
  { name: 'held', value: ({ summary }) => summary?.topics.held },
  { name: 'calls', value: ({ summary }) => summary?.api.calls },
  { name: 'reasons', value: ({ reasons }) => reasons?.join('; ') },
];

/** Adds `runs`, which lists the ledger. */
export function addRuns(program: Command): void {
  listing(program, 'runs', 'the ledger of runs, newest first')
    .addOption(limit())
    .addOption(after())
    .action(listRuns);
}

function listRuns({ limit, after: cursor, format, ...where }: ListingOptions & Paged): Promise<void> {
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const runs = queriesOf(store, sdkAppId).runs({ limit: oneMore(limit), cursor });
      await printAnswer(runs, { record: runRecord, limit }, COLUMNS, format);
    },
    where,
  );
}
