import type { Command } from 'commander';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import { readSnapshot } from '../../shared/catalog/topics.ts';
import type { Change } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { fields } from '../output/columns.ts';
import { after, type ListingOptions, limit, listing, type Paged } from './options.ts';

const COLUMNS = fields<Change>(
  ...(['observedAt', 'runId', 'kind', 'groupId', 'topicId', 'before', 'after'] as const),
  ...(['restoredAs', 'restoredFrom', 'baseline'] as const),
);

/** All of it is of one topic, so the table leaves its ids out. */
const TABLE_COLUMNS = fields<Change>('observedAt', 'kind', 'before', 'after', 'restoredAs', 'restoredFrom');

interface HistoryOptions extends ListingOptions, Paged {
  readonly group: string;
  readonly topic: string;
}

/** Adds `history`, which lists what became of one topic. */
export function addHistory(program: Command): void {
  listing(program, 'history', 'the whole history of one topic, oldest first')
    .requiredOption('--group <id>', 'the community')
    .requiredOption('--topic <id>', 'the topic')
    .addOption(limit())
    .addOption(after())
    .action(listHistory);
}

function listHistory(options: HistoryOptions): Promise<void> {
  const { group: groupId, topic: topicId, limit, after: cursor, format, ...where } = options;
  return withMirror(
    process.env,
    async (mirror) => {
      await requireTopic(mirror, groupId, topicId);
      const queries = queriesOf(mirror.store, mirror.sdkAppId);
      const history = queries.history({ groupId, topicId, limit: oneMore(limit), cursor });
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      await printAnswer(history, { record: (change) => change, limit }, columns, format);
    },
    where,
  );
}

/** A topic that was mirrored once has a snapshot for good, if only as a tombstone. */
async function requireTopic({ store, sdkAppId }: Mirror, groupId: string, topicId: string): Promise<void> {
  if (await readSnapshot(store, sdkAppId, groupId, topicId)) return;
  throw new CommandError(
    `no topic ${topicId} of the community ${groupId} was ever mirrored; "topics --group" lists those that were`,
  );
}
