import type { Community } from '../../shared/catalog/community.ts';
import type { TopicFailure, TopicFields } from '../../shared/chat/index.ts';
import type { Snapshot, TopicDetails } from '../../shared/sync/snapshot.ts';
import { joinDetails } from '../../shared/sync/split.ts';
import type { Difference } from './difference.ts';
import { differingFields, type Fields } from './fields.ts';

/** What the catalog holds of a community. */
export interface Mirrored {
  /** Undefined when the catalog does not know the community. */
  readonly stamp: Community | undefined;
  readonly topics: readonly Snapshot[];
}

/** What the API says of a community. Times are epoch milliseconds. */
export type Asked =
  | {
      readonly status: 'active';
      readonly requestedAt: number;
      readonly topics: readonly TopicFields[];
      readonly failures: readonly TopicFailure[];
      /** What is wrong with the elements that name no topic. */
      readonly unattributed: readonly string[];
      /** What the API says of mirrored topics that its answer does not show, when it is asked for them by id. */
      readonly absent?: ReadonlyMap<string, string>;
    }
  | { readonly status: 'gone' | 'unsupported'; readonly requestedAt: number }
  | {
      readonly status: 'unreadable';
      readonly requestedAt: number;
      readonly code?: number;
      readonly message: string;
    };

/** Everything in which a community's catalog and the API's answer are not the same. */
export function compareCommunity(groupId: string, { stamp, topics }: Mirrored, asked: Asked): Difference[] {
  const seen = { groupId, ...ageOf(stamp, asked.requestedAt) };
  if (asked.status === 'unreadable') {
    const api = asked.code ?? asked.message;
    return [{ ...seen, kind: 'community-unreadable', ...given('catalog', stamp?.lastErrorCode), api }];
  }
  if (!stamp)
    return asked.status === 'gone' ? [] : [{ ...seen, kind: 'community-not-in-catalog', api: asked.status }];
  if (SAME[stamp.status] !== asked.status)
    return [
      { ...seen, kind: 'community-differs', field: 'status', catalog: stamp.status, api: asked.status },
    ];
  return asked.status === 'active' ? compareTopics(seen, topics, asked) : [];
}

/** What the API says of a community that the catalog has with a status. */
const SAME = { active: 'active', unsupported: 'unsupported', deleted: 'gone' } as const;

/** What every difference of a community begins with. */
type Seen = Pick<Difference, 'groupId' | 'observedAt' | 'ageSeconds'>;

function ageOf(stamp: Community | undefined, requestedAt: number): Omit<Seen, 'groupId'> {
  const observedAt = stamp?.lastSyncedAt;
  if (observedAt === undefined) return {};
  return { observedAt, ageSeconds: Math.round((requestedAt - Date.parse(observedAt)) / 1000) };
}

function compareTopics(
  seen: Seen,
  topics: readonly Snapshot[],
  { topics: shown, failures, unattributed, absent }: Extract<Asked, { status: 'active' }>,
): Difference[] {
  const mirrored = new Map(topics.map((topic) => [topic.topicId, topic]));
  const present = shown.flatMap((topic) => comparePresent(seen, mirrored.get(topic.topicId), topic));
  const unreadable = [
    ...failures.map(({ topicId, code, info }) => ({ topicId, api: code ?? info })),
    ...unattributed.map((api) => ({ api })),
  ].map((topic): Difference => ({ ...seen, ...topic, kind: 'topic-unreadable' }));
  const named = new Set([...shown, ...failures].map(({ topicId }) => topicId));
  const missing = topics
    .filter(({ topicId, status }) => status === 'active' && !named.has(topicId))
    .map(({ topicId, status }): Difference => {
      const api = absent?.get(topicId) ?? 'not in the answer';
      return { ...seen, topicId, kind: 'topic-not-in-app', field: 'status', catalog: status, api };
    });
  return [...present, ...unreadable, ...missing];
}

function comparePresent(seen: Seen, mirrored: Snapshot | undefined, shown: TopicFields): Difference[] {
  const { topicId, ...details } = shown;
  if (!mirrored) {
    const newer = isSince(seen, shown.createTime);
    return [{ ...seen, topicId, kind: 'topic-not-in-catalog', ...given('api', shown.topicName), ...newer }];
  }
  const differs = (field: string, catalog: unknown, api: unknown): Difference => ({
    ...{ ...seen, topicId, kind: 'field-differs', field },
    ...{ ...given('catalog', catalog), ...given('api', api) },
    ...(isMovedByMessages(field, mirrored) && isSince(seen, shown.lastMsgTime)),
  });
  if (mirrored.status !== 'active') return [differs('status', mirrored.status, 'active')];
  const [catalog, api] = [flat(joinDetails(mirrored.profile, mirrored.activity)), flat(details)];
  return differingFields(catalog, api).map((field) => differs(field, catalog[field], api[field]));
}

/** Of the unknown fields those that the mirror keeps as activity are counters. */
function isMovedByMessages(field: string, mirrored: Snapshot | undefined): boolean {
  return ['lastMsgTime', 'nextMsgSeq', ...Object.keys(flat(mirrored?.activity ?? {}))].includes(field);
}

/** @param time by the API's clock, whole seconds, cut off: a later one is later for certain */
function isSince({ observedAt }: Seen, time: number | undefined): Pick<Difference, 'newer'> {
  const isLater = observedAt !== undefined && time !== undefined && time * 1000 > Date.parse(observedAt);
  return isLater ? { newer: true } : {};
}

function flat({ extra = {}, ...fields }: TopicDetails): Fields {
  const unknown = Object.entries(extra).map(([name, value]) => [`extra.${name}`, value]);
  return { ...fields, ...Object.fromEntries(unknown) };
}

function given<Name extends string>(name: Name, value: unknown): { readonly [name in Name]?: unknown } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]: unknown });
}
