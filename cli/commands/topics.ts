import { type Command, Option } from 'commander';
import { readCommunity } from '../../shared/catalog/communities.ts';
import { isoOf } from '../../shared/catalog/isoOf.ts';
import { type Answer, type Queries, queriesOf } from '../../shared/catalog/queries/index.ts';
import type { Snapshot, TopicStatus } from '../../shared/sync/snapshot.ts';
import { CommandError } from '../exit.ts';
import { type Mirror, withMirror } from '../mirror.ts';
import { oneMore, printAnswer } from '../output/answer.ts';
import { fields } from '../output/columns.ts';
import { type TopicRecord, topicRecord } from '../records.ts';
import { readInstant } from '../times.ts';
import { after, type ListingOptions, limit, listing, type Paged } from './options.ts';

/** Every field of a topic, as listings print them. */
export const TOPIC_COLUMNS = fields<TopicRecord>(
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
  'restoredAs',
  'restoredFrom',
  'extra',
);

/** A terminal is too narrow for every field: the table shows these, the other formats all. */
const TOPIC_TABLE = TOPIC_COLUMNS.slice(0, 6);

interface TopicOptions extends ListingOptions, Paged {
  readonly group?: string;
  readonly status: TopicStatus | 'all';
  readonly createdFrom?: string;
  readonly createdTo?: string;
  readonly muted?: boolean;
}

/** Adds `topics`, which lists what is mirrored of them. */
export function addTopics(program: Command): void {
  listing(program, 'topics', 'the mirrored topics, one record a topic')
    .option('--group <id>', 'only the topics of this community')
    .addOption(
      new Option('--status <status>', 'only topics with this status')
        .choices(['active', 'missing', 'deleted', 'all'])
        .default('all'),
    )
    .option(
      '--created-from <time>',
      'only topics created at this time or later, ISO 8601 UTC or a span such as 7d',
    )
    .option('--created-to <time>', 'only topics created before this time')
    .option('--muted', 'only topics in which everybody is muted')
    .addOption(limit())
    .addOption(after())
    .action(listTopics);
}

async function listTopics(options: TopicOptions): Promise<void> {
  const { status, limit, format, group: _, ...where } = options;
  const wanted = filterOf(options, Date.now());
  if (wanted && status === 'deleted')
    throw new CommandError(
      '--created-from, --created-to and --muted are asked of topics that are there; leave them out with --status deleted',
    );
  const isWanted = (topic: Snapshot) =>
    (status === 'all' || topic.status === status) && (!wanted || wanted.isMeant(topic));
  await withMirror(
    process.env,
    async (mirror) => {
      const answer = await answerOf(mirror, options, wanted);
      const columns = format === 'table' ? TOPIC_TABLE : TOPIC_COLUMNS;
      await printAnswer(answer, { record: topicRecord, isWanted, limit }, columns, format);
    },
    where,
  );
}

/** What the options ask of a topic that is no tombstone. Times are ISO 8601 UTC with milliseconds. */
interface Filter {
  readonly from: string;
  readonly before: string;
  /** Whether they say anything of the time. */
  readonly byTime: boolean;
  isMeant(topic: Snapshot): boolean;
}

/** @param now epoch milliseconds @returns undefined when nothing is asked @throws {CommandError} for what is no time */
function filterOf({ createdFrom, createdTo, muted = false }: TopicOptions, now: number): Filter | undefined {
  const byTime = createdFrom !== undefined || createdTo !== undefined;
  if (!byTime && !muted) return undefined;
  const from = createdFrom === undefined ? isoOf(0) : readInstant('--created-from', createdFrom, now);
  const before = readInstant('--created-to', createdTo ?? '0m', now);
  if (from >= before)
    throw new CommandError(
      createdTo === undefined
        ? `--created-from ${from} lies in the future`
        : `--created-from ${from} is not before --created-to ${before}`,
    );
  const isMeant = ({ status, profile: { createTime, muteAllMember } }: Snapshot) => {
    const createdAt = createTime ? isoOf(createTime) : '';
    return (
      status !== 'deleted' &&
      (!muted || muteAllMember === true) &&
      (!byTime || (createdAt >= from && createdAt < before))
    );
  };
  return { from, before, byTime, isMeant };
}

/** Asks what leaves the least to be filtered. */
async function answerOf(
  mirror: Mirror,
  { group: groupId, limit, status, muted, after: cursor }: TopicOptions,
  wanted: Filter | undefined,
): Promise<Answer<Snapshot>> {
  const queries: Queries = queriesOf(mirror.store, mirror.sdkAppId);
  if (groupId !== undefined) await requireCommunity(mirror, groupId);
  if (groupId !== undefined || !wanted) return queries.topics({ groupId, cursor });
  // What is filtered afterwards has no known number.
  const about = status !== 'all' || (wanted.byTime && muted) ? undefined : oneMore(limit);
  if (!wanted.byTime) return queries.mutedTopics({ limit: about, cursor });
  const { from, before } = wanted;
  return queries.createdTopics({ from, before, limit: about, cursor });
}

async function requireCommunity({ store, sdkAppId }: Mirror, groupId: string): Promise<void> {
  const community = await readCommunity(store, sdkAppId, groupId, { consistent: true });
  if (!community)
    throw new CommandError(`the community ${groupId} is not mirrored; "communities" lists those that are`);
}
