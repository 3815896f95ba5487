import { type Command, Option } from 'commander';
import { allCommunities, readCommunity } from '../../shared/catalog/communities.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { topicsOf } from '../../shared/catalog/topics.ts';
import type { Snapshot, TopicStatus } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { type Column, fields } from '../output/columns.ts';
import { printListing } from '../output/listing.ts';
import { readAhead } from '../readAhead.ts';
import {
  type CommunityRecord,
  communityRecord,
  type RunRecord,
  runRecord,
  type TopicRecord,
  topicRecord,
} from '../records.ts';
import { type Limited, type ListingOptions, limit, listing } from './options.ts';

/** Communities whose topics are read at once: keeps a remote table busy, and 200 topics each in memory. */
const READ_AHEAD = 8;

const TOPIC_COLUMNS = fields<TopicRecord>(
  'groupId',
  'topicId',
  'topicName',
  'status',
  'nextMsgSeq',
  'lastMsgTime',
  'muteAllMember',
  'createTime',
  'introduction',
  'notification',
  'faceUrl',
  'customString',
  'firstSeenAt',
  'lastChangedAt',
  'missingSince',
  'deletedAt',
  'deletedCode',
  'extra',
);

/** A terminal is too narrow for every field: the table shows these, the other formats all. */
const TOPIC_TABLE = TOPIC_COLUMNS.slice(0, 6);

const COMMUNITY_COLUMNS = fields<CommunityRecord>(
  'groupId',
  'status',
  'topicCount',
  'lastSyncedAt',
  'lastRunId',
  'lastErrorCode',
);

const RUN_COLUMNS: Column<RunRecord>[] = [
  ...fields<RunRecord>('runId', 'status'),
  { name: 'elapsedMs', value: ({ summary }) => summary?.elapsedMs },
  { name: 'listed', value: ({ summary }) => summary?.communities.listed },
  { name: 'failed', value: ({ summary }) => summary?.communities.failed },
  { name: 'active', value: ({ summary }) => summary?.topics.active },
  { name: 'created', value: ({ summary }) => summary?.topics.created },
  { name: 'updated', value: ({ summary }) => summary?.topics.updated },
  { name: 'deleted', value: ({ summary }) => summary?.topics.deleted },
  { name: 'missing', value: ({ summary }) => summary?.topics.missing },
  { name: 'held', value: ({ summary }) => summary?.topics.held },
  { name: 'calls', value: ({ summary }) => summary?.api.calls },
  { name: 'reasons', value: ({ reasons }) => reasons?.join('; ') },
];

interface TopicOptions extends ListingOptions {
  readonly group?: string;
  readonly status: TopicStatus | 'all';
}

/** Adds the commands that list what is mirrored. */
export function addListings(program: Command): void {
  listing(program, 'topics', 'the mirrored topics, one record a topic')
    .option('--group <id>', 'only the topics of this community')
    .addOption(
      new Option('--status <status>', 'only topics with this status')
        .choices(['active', 'missing', 'deleted', 'all'])
        .default('all'),
    )
    .action(listTopics);
  listing(program, 'communities', 'the mirrored communities: topic count, last sync, last error').action(
    listCommunities,
  );
  listing(program, 'runs', 'the ledger of runs, newest first').addOption(limit()).action(listRuns);
}

function listTopics({ group, status, format, ...where }: TopicOptions): Promise<void> {
  return withMirror(
    process.env,
    async (mirror) => {
      const topics = group === undefined ? everyTopic(mirror) : await groupTopics(mirror, group);
      await printListing(wanted(topics, status), format === 'table' ? TOPIC_TABLE : TOPIC_COLUMNS, format);
    },
    where,
  );
}

function listCommunities({ format, ...where }: ListingOptions): Promise<void> {
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const communities = mapped(allCommunities(store, sdkAppId), communityRecord);
      await printListing(communities, COMMUNITY_COLUMNS, format);
    },
    where,
  );
}

function listRuns({ limit, format, ...where }: ListingOptions & Limited): Promise<void> {
  return withMirror(
    process.env,
    async ({ store, sdkAppId }) => {
      const runs = runsOf(store, sdkAppId, { ...(limit !== undefined && { limit }) });
      await printListing(mapped(runs, runRecord), RUN_COLUMNS, format);
    },
    where,
  );
}

async function* everyTopic({ store, sdkAppId }: Mirror): AsyncGenerator<Snapshot> {
  const collect = ({ groupId }: { groupId: string }) => Array.fromAsync(topicsOf(store, sdkAppId, groupId));
  for await (const topics of readAhead(allCommunities(store, sdkAppId), collect, READ_AHEAD)) yield* topics;
}

async function groupTopics({ store, sdkAppId }: Mirror, groupId: string): Promise<AsyncGenerator<Snapshot>> {
  const community = await readCommunity(store, sdkAppId, groupId, { consistent: true });
  if (!community)
    throw new CommandError(`the community ${groupId} is not mirrored; "communities" lists those that are`);
  return topicsOf(store, sdkAppId, groupId);
}

async function* wanted(
  topics: AsyncIterable<Snapshot>,
  status: TopicStatus | 'all',
): AsyncGenerator<TopicRecord> {
  for await (const topic of topics) if (status === 'all' || topic.status === status) yield topicRecord(topic);
}

async function* mapped<T, R>(source: AsyncIterable<T>, map: (value: T) => R): AsyncGenerator<R> {
  for await (const value of source) yield map(value);
}
