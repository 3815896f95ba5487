import { type Command, Option } from 'commander';
import { allCommunities, readCommunity } from '../../shared/catalog/communities.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { topicsOf } from '../../shared/catalog/topics.ts';
import type { Snapshot, TopicStatus } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { type Column, fields } from '../output/columns.ts';
import { FORMATS, type Format, printListing } from '../output/listing.ts';
import { readAhead } from '../readAhead.ts';
import {
  type CommunityRecord,
  communityRecord,
  type RunRecord,
  runRecord,
  type TopicRecord,
  topicRecord,
} from '../records.ts';

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
  { name: 'missing', value: ({ summary }) => summary?.topics.missing },
  { name: 'calls', value: ({ summary }) => summary?.api.calls },
  { name: 'reasons', value: ({ reasons }) => reasons?.join('; ') },
];

interface ListingOptions {
  readonly format: Format;
}

/** Adds the commands that list what is mirrored. */
export function addListings(program: Command): void {
  program
    .command('topics')
    .description('the mirrored topics, one record a topic')
    .option('--group <id>', 'only the topics of this community')
    .addOption(
      new Option('--status <status>', 'only topics with this status')
        .choices(['active', 'missing', 'deleted', 'all'])
        .default('all'),
    )
    .addOption(formatOption())
    .action(({ group, status, format }: ListingOptions & { group?: string; status: TopicStatus | 'all' }) =>
      withMirror(process.env, async (mirror) => {
        const records = wanted(
          group === undefined ? everyTopic(mirror) : await groupTopics(mirror, group),
          status,
        );
        await printListing(records, format === 'table' ? TOPIC_TABLE : TOPIC_COLUMNS, format);
      }),
    );
  program
    .command('communities')
    .description('the mirrored communities: topic count, last sync, last error')
    .addOption(formatOption())
    .action(({ format }: ListingOptions) =>
      withMirror(process.env, async ({ store, sdkAppId }) => {
        await printListing(
          mapped(allCommunities(store, sdkAppId), communityRecord),
          COMMUNITY_COLUMNS,
          format,
        );
      }),
    );
  program
    .command('runs')
    .description('the ledger of runs, newest first')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(positive))
    .addOption(formatOption())
    .action(({ format, limit }: ListingOptions & { limit?: number }) =>
      withMirror(process.env, async ({ store, sdkAppId }) => {
        const runs = runsOf(store, sdkAppId, { ...(limit !== undefined && { limit }) });
        await printListing(mapped(runs, runRecord), RUN_COLUMNS, format);
      }),
    );
}

function formatOption(): Option {
  return new Option('--format <format>', 'how to print').choices([...FORMATS]).default('table');
}

/** Reads a positive whole number from a flag. */
export function positive(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < 1) {
    throw new CommandError(`${JSON.stringify(value)} is not a positive whole number`);
  }
  return number;
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
