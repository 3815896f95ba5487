import type { Command } from 'commander';
import { type ActiveTopic, queriesOf } from '../../shared/catalog/queries/index.ts';
import { type Run, readRun, runsOf } from '../../shared/catalog/runs.ts';
import { readSnapshot } from '../../shared/catalog/topics.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { readAhead } from '../readAhead.ts';
import { type ListingOptions, limit, listing } from './options.ts';

/** A topic as `active` prints it: with the name that it has now. */
interface ActiveRecord extends ActiveTopic {
  readonly runId: string;
  readonly topicName?: string;
}

const COLUMNS = fields<ActiveRecord>(
  'newMessages',
  'kind',
  'topicName',
  'groupId',
  'topicId',
  'nextMsgSeq',
  'runId',
);

/** The run is the same in every row. */
const TABLE_COLUMNS = COLUMNS.slice(0, 5);

const DEFAULT_LIMIT = 20;

/** Names that are read at once. */
const READ_AHEAD = 8;

interface ActiveOptions extends ListingOptions {
  readonly run?: string;
  readonly limit: number;
}

/** A run that has ended. */
type ClosedRun = Run & { readonly closedAt: string };

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
      const run = await (runId === undefined ? newestEnded(mirror) : ended(mirror, runId));
      const columns = format === 'table' ? TABLE_COLUMNS : COLUMNS;
      await printListing(named(mirror, run, limit), columns, format);
    },
    where,
  );
}

function named(mirror: Mirror, run: ClosedRun, limit: number): AsyncGenerator<ActiveRecord> {
  const { store, sdkAppId } = mirror;
  const topics = queriesOf(store, sdkAppId).activeTopics(run, { limit });
  return readAhead(topics, (topic) => withName(mirror, run, topic), READ_AHEAD);
}

async function withName(
  { store, sdkAppId }: Mirror,
  { runId }: ClosedRun,
  topic: ActiveTopic,
): Promise<ActiveRecord> {
  const snapshot = await readSnapshot(store, sdkAppId, topic.groupId, topic.topicId);
  const topicName = snapshot?.details.topicName;
  return { runId, ...topic, ...(topicName !== undefined && { topicName }) };
}

async function newestEnded({ store, sdkAppId }: Mirror): Promise<ClosedRun> {
  for await (const run of runsOf(store, sdkAppId)) if (hasEnded(run)) return run;
  throw new CommandError('no run has ended yet; "runs" lists those there are');
}

async function ended({ store, sdkAppId }: Mirror, runId: string): Promise<ClosedRun> {
  const run = await readRun(store, sdkAppId, runId);
  if (run && hasEnded(run)) return run;
  const why = run ? 'has not ended yet' : 'is not in the ledger';
  throw new CommandError(`--run is ${JSON.stringify(runId)}, which ${why}; "runs" lists those there are`);
}

/** A run that was opened again is counted anew: until it is closed once more, it has not ended. */
function hasEnded(run: Run): run is ClosedRun {
  return run.status !== 'RUNNING' && run.closedAt !== undefined;
}
