import type { Command } from 'commander';
import { type EndedRun, endedRun } from '../endedRun.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { type NamedActiveTopic, namedActiveTopics } from '../namedActiveTopics.ts';
import { fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { type ListingOptions, limit, listing } from './options.ts';

/** A topic as `active` prints it. */
interface ActiveRecord extends NamedActiveTopic {
  readonly runId: string;
}

const COLUMNS = fields<ActiveRecord>(
  'newMessages',
  'kind',
  'groupId',
  'topicId',
  'topicName',
  'nextMsgSeq',
  'runId',
);

/** The run is the same in every row. */
const TABLE_COLUMNS = COLUMNS.slice(0, 5);

const DEFAULT_LIMIT = 20;

interface ActiveOptions extends ListingOptions {
  readonly run?: string;
  readonly limit: number;
}

/** Adds `active`, which ranks topics by the messages that a run found to be new. */
export function addActive(program: Command): void {
  listing(program, 'active', 'the topics that a run saw the most messages come to, most first')
    .option('--run <run>', 'the run, by its id; without it the newest that has ended')
    .addOption(limit().default(DEFAULT_LIMIT))
    .action(listActive);
}

function listActive({ run: runId, limit, format, ...where }: ActiveOptions): Promise<void> {
  return withMirror(
    process.env,
    async (mirror) => {
      const run = await endedRun(mirror, runId);
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      await printListing(ranked(mirror, run, limit), columns, format);
    },
    where,
  );
}

async function* ranked(mirror: Mirror, run: EndedRun, limit: number): AsyncGenerator<ActiveRecord> {
  const { runId } = run;
  for await (const topic of namedActiveTopics(mirror, run, limit)) yield { runId, ...topic };
}
