import { type Command, Option } from 'commander';
import { endOf, startOf } from '../../shared/catalog/queries/days.ts';
import { type Answer, queriesOf } from '../../shared/catalog/queries/index.ts';
import type { Change, ChangeKind } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { type Column, fields } from '../output/columns.ts';
import { readDay, readInstant } from '../times.ts';
import { after, type ListingOptions, limit, listing, type Paged } from './options.ts';

const KINDS = ['created', 'updated', 'deleted', 'restored'] as const satisfies readonly ChangeKind[];

const COLUMNS = fields<Change>(
  ...(['observedAt', 'runId', 'kind', 'groupId', 'topicId', 'before', 'after'] as const),
  ...(['restoredAs', 'restoredFrom'] as const),
);

/** The table names the fields that an update changed: their values are too long to stand beside each other. */
const TABLE_COLUMNS: Column<Change>[] = [
  ...fields<Change>('observedAt', 'kind', 'groupId', 'topicId'),
  { name: 'changed', value: changedFields },
];

interface ChangesOptions extends ListingOptions, Paged {
  readonly since?: string;
  readonly day?: string;
  readonly kind?: ChangeKind[];
}

/** Adds `changes`, which lists what the runs of some time have seen change. */
export function addChanges(program: Command): void {
  listing(program, 'changes', 'what changed on a day or since a time, oldest first')
    .option('--since <time>', 'ISO 8601 UTC, or a span such as 24h or 7d')
    .option('--day <day>', 'a day, UTC, such as 2026-11-22')
    .addOption(new Option('--kind <kinds...>', 'only changes of these kinds').choices(KINDS))
    .addOption(limit())
    .addOption(after())
    .action(listChanges);
}

async function listChanges(options: ChangesOptions): Promise<void> {
  const { since, day, kind, limit, after: cursor, format, ...where } = options;
  const read = readingOf({ since, day }, Date.now(), { kinds: kind, limit: oneMore(limit), cursor });
  await withMirror(
    process.env,
    async (mirror) => {
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      await printAnswer(read(mirror), { record: (change) => change, limit }, columns, format);
    },
    where,
  );
}

/** @param now epoch milliseconds @throws {CommandError} unless it is told one time or one day */
function readingOf(
  { since, day }: { since: string | undefined; day: string | undefined },
  now: number,
  wanted: { kinds: ChangeKind[] | undefined; limit: number | undefined; cursor: string | undefined },
): (mirror: Mirror) => Answer<Change> {
  if ((since === undefined) === (day === undefined))
    throw new CommandError('changes takes one of --since, a time or a span such as 24h, and --day');
  if (day !== undefined) {
    const on = readDay('--day', day);
    const times = { from: startOf(on), to: endOf(on) };
    return ({ store, sdkAppId }) => queriesOf(store, sdkAppId).changesBetween({ ...wanted, ...times });
  }
  const times = { since: readInstant('--since', since ?? '', now), now: new Date(now).toISOString() };
  return ({ store, sdkAppId }) => queriesOf(store, sdkAppId).changesSince({ ...wanted, ...times });
}

function changedFields({ kind, before = {}, after = {} }: Change): string {
  if (kind === 'created' || kind === 'deleted') return '';
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].join(', ');
}
