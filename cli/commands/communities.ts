import { type Command, Option } from 'commander';
import type { Community, CommunityStatus } from '../../shared/catalog/community.ts';
import { queriesOf } from '../../shared/catalog/queries/index.ts';
import { withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { fields } from '../output/columns.ts';
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
);

const STATUSES = ['active', 'unsupported', 'deleted'] as const satisfies readonly CommunityStatus[];

interface CommunitiesOptions extends ListingOptions, Paged {
  readonly status: CommunityStatus | 'all';
  readonly failing?: boolean;
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
    .addOption(limit())
    .addOption(after())
    .action(listCommunities);
}

function listCommunities(options: CommunitiesOptions): Promise<void> {
  const { status, failing = false, limit, after: cursor, format, ...where } = options;
  const isWanted = (community: Community) => status === 'all' || community.status === status;
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const queries = queriesOf(store, sdkAppId);
      const about = status === 'all' ? oneMore(limit) : undefined;
      const answer = failing
        ? queries.failingCommunities({ cursor })
        : queries.communities({ limit: about, cursor });
      await printAnswer(answer, { record: communityRecord, isWanted, limit }, COLUMNS, format);
    },
    where,
  );
}
