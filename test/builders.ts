import type { Community, CommunityRun } from '../shared/catalog/community.ts';
import type { Run } from '../shared/catalog/run.ts';
import type { TopicFields } from '../shared/chat/types.ts';
import type { Observation } from '../shared/sync/plan.ts';
import type { Snapshot } from '../shared/sync/snapshot.ts';
import { type SplitTopic, splitTopic } from '../shared/sync/split.ts';

export const APP = 1_400_000_000;
export const GROUP = '@TGS#_@TGS#cEXAMPLE';
export const RUN_ID = '2026-11-22T01:00:00.000Z';
export const LATER_RUN_ID = '2026-11-23T01:00:00.000Z';

/** A time of the example night: so many seconds after its run began, ISO 8601 UTC. */
export function at(seconds: number): string {
  return new Date(Date.parse(RUN_ID) + seconds * 1000).toISOString();
}

/** A topic as the API gives it, with every field that it documents. */
export function topicFields(fields: Partial<TopicFields> = {}): TopicFields {
  return {
    topicId: `${GROUP}@TOPIC#_@TOPIC#one`,
    topicName: 'Announcements',
    introduction: 'What is new',
    notification: 'Be kind',
    faceUrl: 'https://example.com/face.png',
    customString: '{"pinned":true}',
    createTime: 1_690_000_000,
    lastMsgTime: 0,
    nextMsgSeq: 1,
    muteAllMember: false,
    ...fields,
  };
}

/** A snapshot that the night before has made. */
export function snapshot(fields: Partial<Snapshot> = {}): Snapshot {
  const { topicId, profile, activity } = splitTopic(topicFields(), NO_COUNTERS);
  return {
    groupId: GROUP,
    topicId,
    profile,
    activity,
    status: 'active',
    firstSeenAt: at(-86_400),
    lastChangedAt: at(-86_400),
    observedAt: at(-86_400),
    lastChange: {
      runId: '2026-11-21T01:00:00.000Z',
      kind: 'created',
      runKind: 'created',
      after: fields.profile ?? profile,
    },
    ...fields,
  };
}

const NO_COUNTERS: ReadonlySet<string> = new Set();

/** The same topic, its profile and its activity apart. */
export function splitFields(fields: Partial<TopicFields> = {}): SplitTopic {
  return splitTopic(topicFields(fields), NO_COUNTERS);
}

/** A community's answer. */
export function observation({
  topics = [],
  ...fields
}: Partial<Omit<Observation, 'topics'>> & { readonly topics?: readonly TopicFields[] } = {}): Observation {
  const seen = { runId: RUN_ID, groupId: GROUP, observedAt: at(10), failures: [] };
  return { ...seen, ...fields, topics: splitAll(topics) };
}

/** An answer's topics, the halves of each apart. */
export function splitAll(topics: readonly TopicFields[]): SplitTopic[] {
  return topics.map((topic) => splitTopic(topic, NO_COUNTERS));
}

/** What a run did in a community: one call, nothing changed. */
export function communityRun(fields: Partial<CommunityRun> = {}): CommunityRun {
  return {
    id: RUN_ID,
    outcome: 'synced',
    askedAt: at(10),
    baseline: 0,
    created: 0,
    updated: 0,
    restored: 0,
    messageTopics: 0,
    newMessages: 0,
    calls: 1,
    retries: 0,
    rateLimited: 0,
    writeUnits: 1,
    readUnits: 0.5,
    ...fields,
  };
}

/** The stamp of a community that the example night has synced. */
export function community(fields: Partial<Community> = {}): Community {
  return {
    groupId: GROUP,
    status: 'active',
    topicCount: 2,
    missingCount: 0,
    digest: 'digest',
    lastSyncedAt: at(10),
    run: communityRun(),
    ...fields,
  };
}

/** A run whose list was read to its end and named one community. */
export function run(fields: Partial<Run> = {}): Run {
  return {
    runId: RUN_ID,
    status: 'RUNNING',
    startedAt: at(1),
    listingAt: at(1),
    pages: 1,
    next: '0',
    cursors: ['0'],
    limit: 10_000,
    listedIds: 1,
    totalCountMin: 1,
    totalCountMax: 1,
    enumeratedAt: at(2),
    listCalls: 1,
    retries: 0,
    rateLimited: 0,
    writeUnits: 20,
    readUnits: 0,
    ...fields,
  };
}
