import { dollarsOf } from '../../../infra/prices.ts';
import type { Run, RunSummary } from '../../../shared/catalog/run.ts';
import { describeCode } from '../../../shared/chat/index.ts';
import { GET_TOPIC_CEILING } from '../../../shared/config.ts';
import { printable } from '../../../shared/printable.ts';
import { messagesIn } from '../catalog/census.ts';
import {
  type CommunityFacts,
  type DeletedFacts,
  isFailing,
  type ReportData,
  type TopicFacts,
} from '../catalog/data.ts';
import { count } from '../format.ts';
import type { ColumnKind, TableColumn, TableData, TableValue } from '../tableData.ts';

/** The tables that can be sorted and searched. */
export function tablesOf({ census, runs }: ReportData): TableData[] {
  return [
    {
      id: 'communities-table',
      noun: ['community', 'communities'],
      ...columns<CommunityFacts>(communityColumns, census.communities.kept),
      sorted: { column: 1, descending: true },
    },
    {
      id: 'topics-table',
      noun: ['topic', 'topics'],
      ...columns<TopicFacts>(topicColumns, census.topics.kept),
      sorted: { column: 1, descending: true },
    },
    {
      id: 'deleted-table',
      noun: ['deleted topic', 'deleted topics'],
      ...columns<DeletedFacts>(deletedColumns, census.deleted.kept),
      sorted: { column: 1, descending: true },
    },
    {
      id: 'runs-table',
      noun: ['run', 'runs'],
      ...columns<Run>(runColumns, runs),
      sorted: { column: 0, descending: true },
    },
  ];
}

/** A column and how its value, and the small one below it, are taken from a record. */
interface Source<T> {
  readonly title: string;
  readonly kind: ColumnKind;
  value(record: T): string | number | undefined;
  below?(record: T): string | undefined;
}

const communityColumns: readonly Source<CommunityFacts>[] = [
  { title: 'Community', kind: 'id', value: ({ community }) => community.groupId },
  { title: 'Topics', kind: 'count', value: ({ community }) => community.topicCount },
  { title: 'Messages', kind: 'count', value: ({ messages }) => messages },
  { title: 'Last message', kind: 'seconds', value: ({ lastMessageAt }) => lastMessageAt },
  { title: 'Missing', kind: 'count', value: ({ community }) => community.missingCount || undefined },
  {
    title: 'Status',
    kind: 'choice',
    value: ({ community }) => (isFailing(community) ? 'failing' : STATUS[community.status]),
  },
  { title: 'Last read', kind: 'instant', value: ({ community }) => community.lastSyncedAt },
];

const STATUS = { active: 'active', unsupported: 'without topics', deleted: 'deleted' } as const;

const name: Source<TopicFacts> = {
  title: 'Topic',
  kind: 'text',
  value: ({ topicName }) => topicName,
  // A topic's id begins with its community's, unless the app made it up.
  below: ({ groupId, topicId }) => (topicId.startsWith(groupId) ? topicId : `${groupId} ${topicId}`),
};

const messages: Source<TopicFacts> = { title: 'Messages', kind: 'count', value: messagesIn };

const lastMessage: Source<TopicFacts> = {
  title: 'Last message',
  kind: 'seconds',
  value: ({ lastMsgTime }) => lastMsgTime || undefined,
};

const topicColumns: readonly Source<TopicFacts>[] = [
  name,
  messages,
  lastMessage,
  { title: 'Created', kind: 'seconds', value: ({ createTime }) => createTime },
  { title: 'Status', kind: 'choice', value: ({ status }) => status },
  { title: 'Posting', kind: 'choice', value: ({ muteAllMember }) => (muteAllMember ? 'muted' : 'open') },
];

const deletedColumns: readonly Source<DeletedFacts>[] = [
  name,
  { title: 'Deleted', kind: 'instant', value: ({ deletedAt }) => deletedAt },
  {
    title: 'Why',
    kind: 'text',
    value: ({ deletedCode }) =>
      deletedCode === undefined ? undefined : describeCode(deletedCode, 'get_topic'),
  },
  messages,
  lastMessage,
  { title: 'First seen', kind: 'instant', value: ({ firstSeenAt }) => firstSeenAt },
];

const runColumns: readonly Source<Run>[] = [
  { title: 'Run', kind: 'instant', value: ({ runId }) => runId },
  {
    title: 'Status',
    kind: 'choice',
    value: ({ status }) => status,
    below: ({ reasons = [] }) => reasons.join(' ') || undefined,
  },
  { title: 'Took', kind: 'duration', value: ({ summary }) => summary?.elapsedMs },
  { title: 'Communities', kind: 'count', value: ({ summary }) => summary?.communities.listed },
  { title: 'Not read', kind: 'count', value: ({ summary }) => summary?.communities.failed },
  { title: 'Topics', kind: 'count', value: ({ summary }) => summary?.topics.active },
  {
    title: 'Created',
    kind: 'count',
    value: ({ summary }) => summary?.topics.created,
    below: ({ summary }) => summary && baselineIn(summary),
  },
  { title: 'Edited', kind: 'count', value: ({ summary }) => summary?.topics.updated },
  { title: 'Deleted', kind: 'count', value: ({ summary }) => summary?.topics.deleted },
  { title: 'Restored', kind: 'count', value: ({ summary }) => summary?.topics.restored },
  { title: 'Missing', kind: 'count', value: ({ summary }) => summary?.topics.missing },
  { title: 'Held', kind: 'count', value: ({ summary }) => summary?.topics.held },
  { title: 'Messages', kind: 'count', value: ({ summary }) => summary?.messages.new },
  { title: 'Calls', kind: 'count', value: ({ summary }) => summary?.api.calls },
  {
    title: 'Peak',
    kind: 'share',
    value: ({ summary }) => summary && summary.api.peakPerSecond / GET_TOPIC_CEILING,
  },
  { title: 'Cost', kind: 'dollars', value: ({ summary }) => summary && dollarsOf(summary.dynamodb) },
];

/** Topics that a run saw for the first time with their communities: they are not among the created ones. */
function baselineIn({ topics }: RunSummary): string | undefined {
  return topics.baseline > 0 ? `baseline ${count(topics.baseline)}` : undefined;
}

function columns<T>(
  sources: readonly Source<T>[],
  records: readonly T[],
): Pick<TableData, 'columns' | 'rows'> {
  const below = sources.filter((source) => source.below);
  return {
    columns: sources.map(({ title, kind, ...source }): TableColumn => {
      const place = below.findIndex((one) => one.title === title);
      return { title, kind, ...(source.below && { below: sources.length + place }) };
    }),
    rows: records.map((record) => [
      ...sources.map((source) => shown(source.value(record))),
      ...below.map((source) => shown(source.below?.(record))),
    ]),
  };
}

/** Texts come from outside: control characters and marks of direction become visible. */
function shown(value: string | number | undefined): TableValue {
  if (value === undefined) return null;
  return typeof value === 'string' ? printable(value) : value;
}
