import { readTopics } from '../../shared/chat/topicPayload.ts';
import type { TopicFields } from '../../shared/chat/types.ts';
import { planCommunity } from '../../shared/sync/plan.ts';
import { nextRoster, type Roster } from '../../shared/sync/roster.ts';
import type { Change, Snapshot } from '../../shared/sync/snapshot.ts';
import { countersWith, splitTopic } from '../../shared/sync/split.ts';
import { planTombstones } from '../../shared/sync/tombstone.ts';
import { createSimulator, type SimulatedApp } from '../../simulator/index.ts';

/** A community as two nights mirror it, by the product's own plans. */
export interface MirroredCommunity {
  readonly groupId: string;
  readonly supportsTopics: boolean;
  readonly topics: readonly Snapshot[];
  readonly changes: readonly Change[];
  readonly roster: Roster | undefined;
}

export const FIRST_RUN = '2026-11-21T02:00:00.000Z';
export const SECOND_RUN = '2026-11-22T02:00:00.000Z';

/** Of the topics: those with messages between the two nights, those that were edited, and those deleted. */
const BUSY = 0.5;
const EDITED = 0.01;
const DELETED = 0.002;

/** A message of the day before the second night. */
const MESSAGE_AT = Date.parse('2026-11-21T20:00:00.000Z') / 1000;

/** Yields the communities of a simulated app; its topics have texts of real lengths, and times of three years. */
export function* sampleCommunities(
  communities: number,
  topicsPerCommunity: number,
): Generator<MirroredCommunity> {
  const app: SimulatedApp = createSimulator({ communities, topicsPerCommunity }).app();
  let nth = 0;
  for (const { groupId, supportsTopics, topics } of app.state()) {
    const elements = topics.map((TopicInfo) => ({ ErrorCode: 0, TopicInfo }));
    const fields = readTopics(
      { ActionStatus: 'OK', ErrorCode: 0, TopicAndSelfInfo: elements },
      { api: 'get_topic', groupId },
    ).topics;
    const at = (run: string) => new Date(Date.parse(run) + nth * 5).toISOString();
    yield {
      groupId,
      supportsTopics,
      ...(supportsTopics ? nights(groupId, fields, at) : { topics: [], changes: [], roster: undefined }),
    };
    nth += 1;
  }
}

const COUNTERS = countersWith([]);

function nights(groupId: string, fields: readonly TopicFields[], at: (run: string) => string) {
  const split = (topics: readonly TopicFields[]) => topics.map((topic) => splitTopic(topic, COUNTERS));
  const asked = { groupId, failures: [], runId: FIRST_RUN, observedAt: at(FIRST_RUN), isBaseline: true };
  const first = planCommunity([], { ...asked, topics: split(fields) });
  const baseline = nextRoster(undefined, { ...asked, topics: split(fields) });
  const again = { groupId, failures: [], runId: SECOND_RUN, observedAt: at(SECOND_RUN) };
  const left = split(fields.filter(({ topicId }) => !drawn(topicId, DELETED)).map(aDayLater));
  const gone = fields.filter(({ topicId }) => drawn(topicId, DELETED));
  const failures = gone.map(({ topicId }) => ({ topicId, code: 110003, info: 'deleted' }));
  const confirmation = { observedAt: again.observedAt, topics: [], failures, otherwise: '' };
  const second = planCommunity(first.topics, { ...again, topics: left }, confirmation);
  const judged = { runId: SECOND_RUN, judgedAt: '9', lastSyncedAt: again.observedAt };
  const third = planTombstones(second.topics, judged);
  return {
    topics: third.topics,
    changes: [...first.changes, ...second.changes, ...third.changes],
    roster: nextRoster(baseline, { ...again, topics: left }),
  };
}

function aDayLater(topic: TopicFields): TopicFields {
  const edited = drawn(topic.topicId, EDITED, 11) ? { ...topic, topicName: 'Renamed' } : topic;
  return withMessages(edited);
}

function withMessages(topic: TopicFields): TopicFields {
  if (!drawn(topic.topicId, BUSY, 7)) return topic;
  return {
    ...topic,
    lastMsgTime: MESSAGE_AT,
    nextMsgSeq: (topic.nextMsgSeq ?? 1) + 1 + (topic.topicId.length % 40),
  };
}

/** Whether a share of all ids has this one in it, the same every time. */
function drawn(id: string, share: number, salt = 0): boolean {
  let hash = 2_166_136_261 ^ salt;
  for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return hash / 2 ** 32 < share;
}
