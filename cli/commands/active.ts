import { type Command, Option } from 'commander';
import { type EndedRun, endedRun } from '../endedRun.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { type NamedActiveTopic, namedActiveTopics } from '../namedActiveTopics.ts';
import { fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { sinceDays } from '../times.ts';
import { days, type ListingOptions, limit, listing } from './options.ts';

/** A topic as `active` prints it. */
interface ActiveRecord extends NamedActiveTopic {
  /** Of one run. */
  readonly runId?: string;
}

const COLUMNS = fields<ActiveRecord>('newMessages', 'groupId', 'topicId', 'topicName', 'nextMsgSeq', 'runId');

/** The run is the same in every row. */
const TABLE_COLUMNS = COLUMNS.slice(0, 4);

const DEFAULT_LIMIT = 20;

interface ActiveOptions extends ListingOptions {
  readonly run?: string;
  readonly days?: number;
  readonly limit: number;
}

/** Adds `active`, which ranks topics by the messages that a run found to be new. */
export function addActive(program: Command): void {
  listing(program, 'active', 'the topics with the most new messages, of a run or of some days, most first')
    .addOption(
      new Option('--run <run>', 'the run, by its id; without it the newest that has ended').conflicts('days'),
    )
    .addOption(days('all runs of so many days together, today the last of them'))
    .addOption(limit().default(DEFAULT_LIMIT))
    .action(listActive);
}

function listActive({ run: runId, days: count, limit, format, ...where }: ActiveOptions): Promise<void> {
  return withMirror(
    process.env,
    async (mirror) => {
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      const wanted =
        count === undefined ? await endedRun(mirror, runId) : { since: sinceDays(count, Date.now()) };
      await printListing(ranked(mirror, wanted, limit), columns, format);
    },
    where,
  );
}

async function* ranked(
  mirror: Mirror,
  wanted: Pick<EndedRun, 'runId'> | { readonly since: string },
  limit: number,
): AsyncGenerator<ActiveRecord> {
  const run = 'runId' in wanted ? { runId: wanted.runId } : {};
  for await (const topic of namedActiveTopics(mirror, wanted, limit)) yield { ...run, ...topic };
}
