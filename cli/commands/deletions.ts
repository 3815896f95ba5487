import type { Command } from 'commander';
import { topicsWanting } from '../../shared/catalog/attention.ts';
import { catalogOf } from '../../shared/catalog/index.ts';
import { awaitsTrust, type Run } from '../../shared/catalog/run.ts';
import { newestHeldRun } from '../approve.ts';
import { releaseAndClose } from '../closeReleased.ts';
import { CommandError, EXIT } from '../exit.ts';
import { type Mirror, type Where, withMirror } from '../mirror.ts';
import { fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { inOrder, summaryLines } from '../output/summary.ts';
import { type HeldRecord, heldRecord } from '../records.ts';
import { type ListingOptions, listing, runId } from './options.ts';

const COLUMNS = fields<HeldRecord>(
  'groupId',
  'topicId',
  'topicName',
  'confirmedAt',
  'confirmedCode',
  'runId',
);

interface DeletionsOptions extends ListingOptions {
  readonly approve?: string;
  readonly json?: boolean;
}

/** Adds `deletions`, which lists what waits for a person's word and releases it. */
export function addDeletions(program: Command): void {
  listing(program, 'deletions', 'the confirmed deletions that the guard holds back, and their release')
    .option(
      '--approve <run>',
      'carry out what this run holds, or say that its short list is true',
      runId('--approve'),
    )
    .option('--json', 'with --approve: print the summary as one JSON object')
    .action(({ approve, ...options }: DeletionsOptions) =>
      approve === undefined ? listHeld(options) : release(approve, options),
    );
}

async function listHeld({ json, format, ...where }: DeletionsOptions): Promise<void> {
  if (json)
    throw new CommandError('--json goes with --approve; the list of what is held takes --format json');
  await withMirror(
    process.env,
    async (mirror) => {
      const run = await newestHeldRun(catalogOf(mirror.store, mirror.sdkAppId));
      const listed = await printListing(run ? heldBy(mirror, run) : nothing(), COLUMNS, format);
      console.error(explanation(run, listed, where));
    },
    where,
  );
}

async function* heldBy({ store, sdkAppId }: Mirror, { runId, verdict }: Run): AsyncGenerator<HeldRecord> {
  const judgedAt = verdict?.judgedAt ?? '';
  for await (const topic of topicsWanting(store, sdkAppId, 'topic-missing', '', runId)) {
    const record = heldRecord(topic);
    if (record.confirmedAt <= judgedAt) yield record;
  }
}

async function* nothing(): AsyncGenerator<HeldRecord> {}

function explanation(run: Run | undefined, listed: number, { stack, app }: Where): string {
  if (!run) return 'nothing is held';
  const { runId, reasons = [], verdict = { reasons } } = run;
  const which = [
    ...(stack === undefined ? [] : [`--stack ${stack}`]),
    ...(app === undefined ? [] : [`--app ${app}`]),
  ];
  const approve = ['npm run -s mirror -- deletions --approve', runId, ...which].join(' ');
  if (awaitsTrust(run)) {
    return [
      `run ${runId}: the list names ${run.shrunkBy} communities fewer than are mirrored; none of them was asked for`,
      `if it is true, this asks for each of them, and deletes those that the API says are gone: ${approve}`,
    ].join('\n');
  }
  return [
    ...verdict.reasons.map((reason) => `run ${runId}: ${reason}`),
    ...(listed === 0 ? ['no topic is held any more: what is left of it are communities, if anything'] : []),
    `to carry it out: ${approve}`,
  ].join('\n');
}

async function release(
  approved: string,
  { json = false, format: _, ...where }: DeletionsOptions,
): Promise<void> {
  const run = await withMirror(
    process.env,
    (mirror) => releaseAndClose(process.env, mirror, approved, where),
    where,
  );
  console.log(json && run.summary ? JSON.stringify(inOrder(run.summary)) : summaryLines(run).join('\n'));
  process.exitCode = run.status === 'COMPLETE' ? EXIT.done : EXIT.incomplete;
}
