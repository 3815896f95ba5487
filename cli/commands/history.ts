import type { Command } from 'commander';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import type { Change } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import { withMirror } from '../mirror.ts';
import { fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { type Limited, type ListingOptions, limit, listing } from './options.ts';

const COLUMNS = fields<Change>(
  ...(['observedAt', 'runId', 'kind', 'groupId', 'topicId', 'before', 'after'] as const),
  ...(['restoredAs', 'restoredFrom'] as const),
);

/** All of it is of one topic, so the table leaves its ids out. */
const TABLE_COLUMNS = fields<Change>('observedAt', 'kind', 'before', 'after', 'restoredAs', 'restoredFrom');

interface HistoryOptions extends ListingOptions, Limited {
  readonly group: string;
  readonly topic: string;
}

/** Adds `history`, which lists what became of one topic. */
export function addHistory(program: Command): void {
  listing(program, 'history', 'the whole history of one topic, oldest first')
    .requiredOption('--group <id>', 'the community')
    .requiredOption('--topic <id>', 'the topic')
    .addOption(limit())
    .action(listHistory);
}

function listHistory({ group, topic, limit, format, ...where }: HistoryOptions): Promise<void> {
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const history = queriesOf(store, sdkAppId).historyOf(group, topic, { limit });
      const first = await history.next();
      if (first.done)
        throw new CommandError(
          `no topic ${topic} of the community ${group} was ever mirrored; "topics --group" lists those that were`,
        );
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      await printListing(whole(first.value, history), columns, format);
    },
    where,
  );
}

async function* whole(first: Change, rest: AsyncGenerator<Change>): AsyncGenerator<Change> {
  yield first;
  yield* rest;
}
