import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { catalogOf } from '../../shared/catalog/index.ts';
import { CommandError, EXIT } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { fields } from '../output/columns.ts';
import { counted } from '../output/counted.ts';
import { printListing } from '../output/listing.ts';
import { createNightProgress } from '../output/progress.ts';
import { openTarget } from '../restore/target.ts';
import type { Difference } from '../verify/difference.ts';
import { withinShare } from '../verify/share.ts';
import { type Counts, createCounts, type Scope, type VerifyParts, verify } from '../verify/verify.ts';
import { type ListingOptions, listing, positive } from './options.ts';

const COLUMNS = fields<Difference>(
  'kind',
  'groupId',
  'topicId',
  'field',
  'catalog',
  'api',
  'newer',
  'observedAt',
  'ageSeconds',
);

/** A terminal is too narrow for when the catalog's answer was asked for: the table has its age. */
const TABLE_COLUMNS = COLUMNS.filter(({ name }) => name !== 'observedAt');

const DEFAULT_SAMPLE = 20;
const DEFAULT_SHARE = 0.25;

/** Seconds of answers that may be under way: slow ones must not keep the share from being used. */
const SECONDS_UNDER_WAY = 2;

interface VerifyOptions extends ListingOptions {
  readonly sample?: number;
  readonly seed?: number;
  readonly all?: boolean;
  readonly group?: string[];
  readonly share: number;
  readonly ignoreNewer?: boolean;
}

const HELP = `
Asks the API again and compares its answers with the catalog, field by field; nothing is written. An app changes while it
is compared: a difference is the mirror's fault only if the app has not changed since observedAt. Where the API's own
times prove that it has (a topic created since, messages since) the record says newer. Communities that a run is writing
are read again before they count as different.

Exit codes: 0 no difference · 2 differences · 3 the mirror or the API could not be reached`;

/** Adds `verify`, which compares the catalog with the app as it is. */
export function addVerify(program: Command): void {
  listing(program, 'verify', 'compare the catalog with the app, live: what is not the same')
    .addOption(
      new Option('--sample <n>', `so many communities, drawn at random; ${DEFAULT_SAMPLE} unless told`)
        .argParser((value) => positive('--sample', value))
        .conflicts(['all', 'group']),
    )
    .addOption(
      new Option('--seed <n>', 'draw the same communities again')
        .argParser((value) => positive('--seed', value, 2 ** 31 - 1))
        .conflicts(['all', 'group']),
    )
    .addOption(new Option('--all', 'every community, and the list of communities').conflicts('group'))
    .option('--group <ids...>', 'these communities')
    .addOption(
      new Option('--share <share>', 'share of the budget of calls to use, from 0 to 1')
        .argParser(share)
        .default(DEFAULT_SHARE),
    )
    .option('--ignore-newer', 'leave out what is provably younger than the catalog')
    .addHelpText('after', HELP)
    .action(run);
}

async function run({ format, ...options }: VerifyOptions): Promise<void> {
  const scope = scopeOf(options);
  const counts = createCounts();
  await withMirror(
    process.env,
    async (mirror) => {
      const bar = createNightProgress('verifying');
      try {
        const differences = await comparing(mirror, options, scope, counts, bar);
        await printListing(differences, format === 'table' ? TABLE_COLUMNS : COLUMNS, format);
      } finally {
        bar.stop();
      }
    },
    options,
  );
  console.error(conclusion(counts, scope));
  process.exitCode = exitCodeOf(counts, options);
}

async function comparing(
  mirror: Mirror,
  options: Omit<VerifyOptions, 'format'>,
  scope: Scope,
  counts: Counts,
  bar: ReturnType<typeof createNightProgress>,
): Promise<AsyncGenerator<Difference>> {
  const onCall = () => bar.call();
  const target = await openTarget(process.env, mirror, { ...options, onCall });
  const rate = target.callsPerSecond * options.share;
  const clock = { now: Date.now, sleep: (ms: number) => sleep(ms) };
  const parts: VerifyParts = {
    ...clock,
    catalog: catalogOf(mirror.store, mirror.sdkAppId),
    chat: { listGroups: target.chat.listGroups, ...withinShare(target.chat, rate, clock) },
    ahead: Math.ceil(rate * SECONDS_UNDER_WAY),
    onProgress: (done, of) => bar.update(done, of),
  };
  return kept(verify(parts, scope, counts), options, () => target.close());
}

async function* kept(
  differences: AsyncIterable<Difference>,
  { ignoreNewer = false }: Pick<VerifyOptions, 'ignoreNewer'>,
  close: () => void,
): AsyncGenerator<Difference> {
  try {
    for await (const difference of differences) if (!ignoreNewer || !difference.newer) yield difference;
  } finally {
    close();
  }
}

function scopeOf({ all = false, group, sample = DEFAULT_SAMPLE, seed }: Partial<VerifyOptions>): Scope {
  if (all) return { all };
  if (group) return { groupIds: [...new Set(group)] };
  return { sample, seed: seed ?? 1 + Math.floor(Math.random() * 999_999) };
}

function conclusion(counts: Counts, scope: Scope): string {
  const { communities, topics, differing, differences, newer, unanswered, doubt } = counts;
  const drawn = 'seed' in scope ? `, drawn with --seed ${scope.seed}` : '';
  const found =
    differences === 0
      ? 'no difference'
      : `${counted(differences, 'difference')} in ${counted(differing, 'community', 'communities')}${newer > 0 ? `, ${newer} of them provably newer than the catalog` : ''}`;
  return [
    `compared ${counted(communities, 'community', 'communities')} with ${counted(topics, 'topic')}${drawn}: ${found}`,
    ...(unanswered > 0
      ? [`${counted(unanswered, 'community was', 'communities were')} not compared: the API did not answer`]
      : []),
    ...(doubt === undefined ? [] : [`communities that the list may lack are not told of: ${doubt}`]),
  ].join('\n');
}

function exitCodeOf(
  { differences, newer, unanswered }: Counts,
  { ignoreNewer }: Pick<VerifyOptions, 'ignoreNewer'>,
) {
  if (differences - (ignoreNewer ? newer : 0) > 0) return EXIT.incomplete;
  return unanswered > 0 ? EXIT.unreachable : EXIT.done;
}

function share(value: string): number {
  const number = Number(value);
  if (/^(\d+\.?\d*|\.\d+)$/.test(value) && number > 0 && number <= 1) return number;
  throw new CommandError(
    `--share is ${JSON.stringify(value)}; it must be a number above 0, up to 1, such as 0.25`,
  );
}
