import { type Command, Option } from 'commander';
import { readCommunity } from '../../shared/catalog/communities.ts';
import type { Community, CommunityStatus } from '../../shared/catalog/community.ts';
import { heedCommunity, ignoreCommunity } from '../../shared/catalog/ignored.ts';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, type Where, withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { fields } from '../output/columns.ts';
import { printable } from '../output/printable.ts';
import { type CommunityRecord, communityRecord } from '../records.ts';
import { after, type ListingOptions, limit, listing, type Paged } from './options.ts';

const COLUMNS = fields<CommunityRecord>(
  'groupId',
  'status',
  'topicCount',
  'lastSyncedAt',
  'lastRunId',
  'lastErrorCode',
  'failingSince',
  'ignoredAt',
);

const STATUSES = ['active', 'unsupported', 'deleted'] as const satisfies readonly CommunityStatus[];

interface CommunitiesOptions extends ListingOptions, Paged {
  readonly status: CommunityStatus | 'all';
  readonly failing?: boolean;
  readonly ignored?: boolean;
  readonly ignore?: string[];
  readonly reason?: string;
  readonly heed?: string[];
}

/** Adds `communities`, which lists what is known of them as a whole. */
export function addCommunities(program: Command): void {
  listing(program, 'communities', 'the mirrored communities: topic count, last sync, last error')
    .addOption(
      new Option('--status <status>', 'only communities with this status')
        .choices([...STATUSES, 'all'])
        .default('all'),
    )
    .option('--failing', 'only those that fail or are unsupported, those longest so first')
    .option('--ignored', 'only those whose failure is known')
    .addOption(limit())
    .addOption(after())
    .option('--ignore <ids...>', 'their failure is known: no run is INCOMPLETE for them any more')
    .option('--reason <text>', 'with --ignore: why, for whoever reads it later')
    .option('--heed <ids...>', 'takes that back')
    .addHelpText('after', HELP)
    .action((options: CommunitiesOptions) => {
      const { ignore, heed, reason } = options;
      if (ignore && heed) throw new CommandError('--ignore and --heed cannot both be given');
      if (reason !== undefined && !ignore) throw new CommandError('--reason goes with --ignore');
      if (ignore) return mark(options, ignore, (mirror, groupId) => ignoreOne(mirror, groupId, reason));
      return heed ? mark(options, heed, heedOne) : listCommunities(options);
    });
}

const HELP = `
An ignored community is asked for once a week, and is like any other again as soon as the API serves it.`;

/** Does the same with each of some communities, and says so. @throws {CommandError} for the first that it cannot be done with */
function mark(
  { stack, app }: Where,
  groupIds: readonly string[],
  work: (mirror: Mirror, groupId: string) => Promise<string>,
): Promise<void> {
  return withMirror(
    process.env,
    async (mirror) => {
      for (const groupId of new Set(groupIds)) console.log(printable(await work(mirror, groupId)));
    },
    { ...(stack !== undefined && { stack }), ...(app !== undefined && { app }) },
  );
}

async function ignoreOne(mirror: Mirror, groupId: string, reason: string | undefined): Promise<string> {
  const { failingSince } = await stampOf(mirror, groupId);
  if (failingSince === undefined)
    throw new CommandError(
      `the community ${JSON.stringify(groupId)} does not fail: there is nothing to ignore`,
    );
  await ignoreCommunity(mirror.store, mirror.sdkAppId, groupId, new Date().toISOString(), reason);
  return `${groupId}: ignored; it has failed since ${failingSince}`;
}

async function heedOne(mirror: Mirror, groupId: string): Promise<string> {
  const stamp = await stampOf(mirror, groupId);
  if (!(await heedCommunity(mirror.store, mirror.sdkAppId, stamp)))
    throw new CommandError(`the community ${JSON.stringify(groupId)} is not ignored`);
  return `${groupId}: no longer ignored`;
}

async function stampOf({ store, sdkAppId }: Mirror, groupId: string): Promise<Community> {
  const stamp = await readCommunity(store, sdkAppId, groupId, { consistent: true });
  if (stamp) return stamp;
  throw new CommandError(
    `the community ${JSON.stringify(groupId)} is not in the mirror; "communities --failing" lists those that fail`,
  );
}

function listCommunities(options: CommunitiesOptions): Promise<void> {
  const { status, failing = false, ignored = false, limit, after: cursor, format, stack, app } = options;
  const where = { ...(stack !== undefined && { stack }), ...(app !== undefined && { app }) };
  const isWanted = (community: Community) => status === 'all' || community.status === status;
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const queries = queriesOf(store, sdkAppId);
      const about = status === 'all' ? oneMore(limit) : undefined;
      const answer = ignored
        ? queries.ignoredCommunities({ cursor })
        : failing
          ? queries.failingCommunities({ cursor })
          : queries.communities({ limit: about, cursor });
      await printAnswer(answer, { record: communityRecord, isWanted, limit }, COLUMNS, format);
    },
    where,
  );
}
