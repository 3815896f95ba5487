import { dollarsOf } from '../../../infra/prices.ts';
import { GET_TOPIC_CEILING } from '../../../shared/config.ts';
import { newestClosed, type ReportData } from '../catalog/data.ts';
import { count, dollars, duration, percent } from '../format.ts';

/** A figure with its name and, in a few words, what it means. */
export interface KeyFigure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

/** The figures at the top: of the catalog, then of the newest run that has ended. */
export function keyFiguresOf(data: ReportData): KeyFigure[] {
  return [...catalogFigures(data), ...runFigures(data)];
}

function catalogFigures(data: ReportData): KeyFigure[] {
  const { communities, topics, messages } = data.census.counts;
  const { unsupported } = communities;
  const { failing } = data.census;
  const asides = [
    ...(unsupported > 0 ? [`${count(unsupported)} more without the topic feature`] : []),
    ...(failing.all > 0 ? [`${count(failing.all)} could not be read`] : []),
  ];
  return [
    { name: 'Topics', value: count(topics.active), note: topicsNote(data) },
    {
      name: 'Communities',
      value: count(communities.active),
      note: asides.length > 0 ? asides.join(', ') : 'all of them read',
    },
    { name: 'Messages', value: count(messages), note: messagesNote(data) },
    {
      name: 'Deleted topics',
      value: count(topics.deleted),
      note: topics.deleted > 0 ? 'kept as they were last seen' : 'none so far',
    },
    ...(topics.missing > 0
      ? [missingFigure(topics.missing, newestClosed(data)?.summary.topics.held ?? 0)]
      : []),
  ];
}

function topicsNote(data: ReportData): string {
  const summary = newestClosed(data)?.summary;
  if (!summary) return 'stored so far';
  const { baseline, created, deleted, restored } = summary.topics;
  const parts = [
    ...(baseline > 0 ? [`${count(baseline)} seen for the first time`] : []),
    ...(created > 0 ? [`${count(created)} created`] : []),
    ...(deleted > 0 ? [`${count(deleted)} deleted`] : []),
    ...(restored > 0 ? [`${count(restored)} restored`] : []),
  ];
  return parts.length > 0 ? `${parts.join(', ')} in the last run` : 'none came or went in the last run';
}

function messagesNote(data: ReportData): string {
  const asOf = newestClosed(data);
  if (!asOf) return 'ever sent in these topics';
  const { messages, topics } = asOf.summary;
  // What a community's first answer shows has come before: that says nothing of the day.
  if (messages.new === 0 && topics.baseline > 0) return 'ever sent in these topics';
  return messages.new > 0
    ? `${count(messages.new)} new in the last run, in ${topicsInWords(messages.topics)}`
    : 'none new in the last run';
}

function topicsInWords(topics: number): string {
  return `${count(topics)} ${topics === 1 ? 'topic' : 'topics'}`;
}

function missingFigure(missing: number, held: number): KeyFigure {
  return {
    name: 'Missing topics',
    value: count(missing),
    note: held > 0 ? `${count(held)} of them held for approval` : 'absent, but not confirmed as deleted',
  };
}

function runFigures(data: ReportData): KeyFigure[] {
  const summary = newestClosed(data)?.summary;
  if (!summary) return [];
  const { elapsedMs, communities, api, dynamodb } = summary;
  return [
    {
      name: 'Last run took',
      value: duration(elapsedMs),
      note: `for ${count(communities.listed)} communities, ${count(api.calls)} calls`,
    },
    {
      name: 'Busiest second',
      value: percent(api.peakPerSecond / GET_TOPIC_CEILING),
      note: `${count(api.peakPerSecond)} calls, of ${GET_TOPIC_CEILING} that the API accepts`,
    },
    {
      name: 'Last run cost',
      value: dollars(dollarsOf(dynamodb)),
      note: `${count(Math.round(dynamodb.writeUnits))} write and ${count(Math.round(dynamodb.readUnits))} read units of DynamoDB`,
    },
  ];
}
