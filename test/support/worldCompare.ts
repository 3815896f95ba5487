import { expect } from '@jest/globals';
import type { SimulatedApp, TopicInfo } from '../../simulator/index.ts';
import { SPELLINGS } from './spellings.ts';

/**
 * Compares the mirror with the app it mirrors, from the stored items and the app's own records: nothing of the
 * product reads either side.
 */
export function expectMirrored(items: readonly Record<string, unknown>[], app: SimulatedApp): void {
  expect(mirroredTopics(items)).toEqual(appTopics(app));
}

type Topics = Record<string, Record<string, unknown>>;

/** What the active snapshots say with their communities' rosters, by community and topic. */
export function mirroredTopics(items: readonly Record<string, unknown>[]): Topics {
  const topics: Topics = {};
  const moved = Object.assign(
    {},
    ...items.filter(({ itemType }) => itemType === 'roster').map(rosterRows),
  ) as Topics;
  for (const item of items) {
    if (item['itemType'] !== 'topic' || item['status'] !== 'active') continue;
    const key = `${item['groupId']} ${item['topicId']}`;
    const { extra: counted, ...activity } = moved[key] ?? {};
    const { extra: set, ...profile } = storedFields(item);
    const extra = { ...(set as object), ...(counted as object) };
    topics[key] = { ...profile, ...activity, ...(Object.keys(extra).length > 0 && { extra }) };
  }
  return topics;
}

/** What a roster's lists say of each topic, by community and topic. */
function rosterRows(item: Item): Topics {
  const groupId = String(item['sk']).replaceAll('%7C', '|').replaceAll('%25', '%');
  const ids = item['topicIds'] as string[];
  const list = (name: string) => (item[name] as unknown[] | undefined) ?? [];
  return Object.fromEntries(
    ids.map((short, nth) => {
      const prefix = { '#': `${groupId}@TOPIC#_@TOPIC#`, '=': '' }[short[0] ?? ''];
      const topicId = prefix === undefined ? `${groupId}@TOPIC#_${short}` : prefix + short.slice(1);
      const named = ['nextMsgSeq', 'lastMsgTime'].map((name) => [name, list(name)[nth] ?? undefined]);
      const extra = list('extra')[nth];
      const fields = named.filter(([, value]) => value !== undefined);
      const counted = typeof extra === 'string' ? { extra: parseDigits(extra) } : {};
      return [`${groupId} ${topicId}`, { ...Object.fromEntries(fields), ...counted }];
    }),
  );
}

/** What the app says, by community and topic, in the mirror's words. */
export function appTopics(app: SimulatedApp): Topics {
  const topics: Topics = {};
  for (const { groupId, supportsTopics, topics: infos } of app.state()) {
    if (!supportsTopics) continue;
    for (const info of infos) topics[`${groupId} ${info.TopicId}`] = wireFields(info);
  }
  return topics;
}

/** What a listing of topics prints as JSON lines, by community and topic. */
export function printedTopics(lines: readonly string[]): Topics {
  const topics: Topics = {};
  for (const line of lines) {
    const { extra, ...record } = JSON.parse(line) as Record<string, unknown>;
    const exact = parseDigits(line) as Record<string, unknown>;
    const fields = pick(record, [...Object.values(SPELLINGS), 'muteAllMember']);
    topics[`${record['groupId']} ${record['topicId']}`] = {
      ...fields,
      ...(extra !== undefined && { extra: exact['extra'] }),
    };
  }
  return topics;
}

function wireFields(info: TopicInfo): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(info)) {
    if (name === 'GroupID' || name === 'TopicId') continue;
    if (name === 'MuteAllMember') fields['muteAllMember'] = value === 'On';
    else if (name === 'ShutUpAllFlag') fields['muteAllMember'] = value === 1;
    else if (SPELLINGS[name]) fields[SPELLINGS[name]] = value;
    else extra[name] = digits(value);
  }
  if (Object.keys(extra).length > 0) fields['extra'] = extra;
  return fields;
}

function storedFields(item: Record<string, unknown>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of [...Object.values(SPELLINGS), 'muteAllMember']) {
    if (name in item) fields[name] = item[name];
  }
  if ('extra' in item) fields['extra'] = parseDigits(String(item['extra']));
  return fields;
}

/** Numbers as their digits, so that those beyond 2^53 can be compared. */
function digits(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return `#${value}`;
  if (Array.isArray(value)) return value.map(digits);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, digits(entry)]));
}

function parseDigits(text: string): unknown {
  const reviver = (_key: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' ? `#${context.source}` : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

type Item = Record<string, unknown>;

const ACTIVITY = ['nextMsgSeq', 'lastMsgTime'];
const PROFILE = [...Object.values(SPELLINGS), 'muteAllMember', 'extra'].filter(
  (name) => !ACTIVITY.includes(name),
);

/**
 * Checks that each topic's history leads to its snapshot: it begins with `created`, unless the topic came with its
 * community's first answer, each entry starts from what the one before left, `deleted` tells all that was there and is
 * followed by `restored`, and the last ends in the stored profile. Messages have no place in it.
 */
export function expectHistoryReplays(items: readonly Item[]): void {
  const entries = items.filter((item) => item['itemType'] === 'change');
  const snapshots = items.filter((item) => item['itemType'] === 'topic');
  for (const snapshot of snapshots) {
    const own = entries
      .filter((item) => item['groupId'] === snapshot['groupId'] && item['topicId'] === snapshot['topicId'])
      .sort((a, b) => (String(a['observedAt']) < String(b['observedAt']) ? -1 : 1));
    const { firstSeenAt, topicId } = snapshot;
    const isBaseline = own[0]?.['kind'] !== 'created';
    expect({ topicId, ...replay(own, pick(snapshot, PROFILE)) }).toEqual({
      topicId,
      ...(!isBaseline && { fields: {}, firstSeenAt }),
      lastChangedAt: own.length > 0 ? snapshot['lastChangedAt'] : undefined,
      problems: [],
    });
    if (own.length === 0) expect(snapshot['lastChangedAt']).toBe(firstSeenAt);
  }
  const known = new Set(snapshots.map((item) => `${item['groupId']} ${item['topicId']}`));
  expect(entries.filter((item) => !known.has(`${item['groupId']} ${item['topicId']}`))).toEqual([]);
}

/** Takes one entry after the other back, the newest first. @param last what the last has led to */
function replay(entries: readonly Item[], last: Item) {
  const problems: string[] = [];
  let fields = last;
  for (const [index, entry] of [...entries.entries()].reverse()) {
    const { kind, before = {}, after = {} } = entry as { kind: string; before?: Item; after?: Item };
    if ((kind === 'restored') !== (entries[index - 1]?.['kind'] === 'deleted'))
      problems.push(`entry ${index} is ${kind}`);
    if (kind === 'created' && index > 0) problems.push(`entry ${index} is ${kind}`);
    if (kind === 'updated' && JSON.stringify(before) === JSON.stringify(after))
      problems.push(`entry ${index} is empty`);
    if (kind !== 'deleted' && ACTIVITY.some((name) => name in before || name in after))
      problems.push(`entry ${index} tells of messages`);
    if (kind === 'deleted') {
      if (JSON.stringify(sorted(fields)) !== JSON.stringify(sorted(pick(before, PROFILE))))
        problems.push(`entry ${index} deletes something else`);
      continue;
    }
    if (JSON.stringify(pick(fields, Object.keys(after))) !== JSON.stringify(pick(after, Object.keys(after))))
      problems.push(`entry ${index} does not lead to what came after it`);
    fields = { ...omit(fields, Object.keys(after)), ...before };
  }
  const [first] = entries;
  const begun = first?.['kind'] === 'created' ? { fields, firstSeenAt: first['observedAt'] } : {};
  return { ...begun, lastChangedAt: entries.at(-1)?.['observedAt'], problems };
}

function sorted(item: Item): [string, unknown][] {
  return Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.filter((name) => name in item).map((name) => [name, item[name]]));
}

function omit(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));
}

/**
 * The catalog of one app without what may differ between two ways to the same end: times (only whether they are
 * there), meters, and the writer's lease once it has ended. History stands in its order, one list a topic. The days of an
 * activity entry are those of its time.
 */
export function essence(items: readonly Item[]): unknown {
  const stamps: Item = {};
  const topics: Item = {};
  const rosters: Item = {};
  const activity: Item = {};
  const history: Record<string, unknown[]> = {};
  const inOrder = [...items].sort((a, b) => (String(a['observedAt']) < String(b['observedAt']) ? -1 : 1));
  for (const item of inOrder) {
    const key = `${item['groupId']} ${item['topicId'] ?? ''}`;
    if (item['itemType'] === 'community') stamps[key] = timeless(item);
    if (item['itemType'] === 'topic') topics[key] = timeless(item);
    if (item['itemType'] === 'roster') rosters[String(item['sk'])] = timeless(item);
    if (item['itemType'] === 'activity')
      activity[`${String(item['pk']).replace(/^\d+/, '')} ${item['sk']}`] = timeless(item);
    if (item['itemType'] === 'change') {
      history[key] ??= [];
      history[key].push(timeless(item));
    }
  }
  return { stamps, topics, rosters, activity, history };
}

const TIMES = /^(observedAt|expiresAt|.*At|.*Since|writingUntil)$/;
const VOLATILE = [
  'pk',
  'sk',
  'attention',
  'changeDay',
  'calls',
  'retries',
  'rateLimited',
  'writeUnits',
  'readUnits',
];

function timeless(item: Item): Item {
  const entries = Object.entries(item)
    .filter(([name]) => !VOLATILE.includes(name))
    .map(([name, value]) => {
      if (TIMES.test(name)) return [name, 'a time'];
      const isPlain = value !== null && typeof value === 'object' && !Array.isArray(value);
      return [name, isPlain ? timeless(value as Item) : value];
    });
  return Object.fromEntries(entries);
}
