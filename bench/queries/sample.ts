import { readTopics } from '../../shared/chat/topicPayload.ts';
import type { TopicFields } from '../../shared/chat/types.ts';
import { planCommunity } from '../../shared/sync/plan.ts';
import { type Change, type Snapshot, withoutAbsence } from '../../shared/sync/snapshot.ts';
import { planTombstones } from '../../shared/sync/tombstone.ts';
import { createSimulator, type SimulatedApp } from '../../simulator/index.ts';

/** A community as two nights mirror it, by the product's own plans. */
export interface MirroredCommunity {
  readonly groupId: string;
  readonly supportsTopics: boolean;
  readonly topics: readonly Snapshot[];
  readonly changes: readonly Change[];
}

export const FIRST_RUN = '2026-11-21T02:00:00.000Z';
export const SECOND_RUN = '2026-11-22T02:00:00.000Z';

/** Of the topics: those with messages between the two nights, and those deleted. */
const BUSY = 0.05;
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
      ...(supportsTopics ? nights(groupId, fields, at) : { topics: [], changes: [] }),
    };
    nth += 1;
  }
}

function nights(groupId: string, fields: readonly TopicFields[], at: (run: string) => string) {
  const seen = { groupId, failures: [] };
  const first = planCommunity([], { ...seen, runId: FIRST_RUN, observedAt: at(FIRST_RUN), topics: fields });
  const asked = { runId: SECOND_RUN, observedAt: at(SECOND_RUN) };
  const left = fields.filter(({ topicId }) => !drawn(topicId, DELETED));
  const gone = fields.filter(({ topicId }) => drawn(topicId, DELETED));
  const failures = gone.map(({ topicId }) => ({ topicId, code: 110003, info: 'deleted' }));
  const confirmation = { observedAt: asked.observedAt, topics: [], failures, otherwise: '' };
  const second = planCommunity(
    first.snapshots,
    { ...seen, ...asked, topics: left.map(withMessages) },
    confirmation,
  );
  const stored = merged(first.snapshots, second.snapshots);
  const judged = { runId: SECOND_RUN, judgedAt: '9', lastSyncedAt: asked.observedAt };
  const third = planTombstones(stored, judged);
  return {
    topics: merged(stored, third.snapshots),
    changes: [...first.changes, ...second.changes, ...third.changes],
  };
}

function withMessages(topic: TopicFields): TopicFields {
  if (!drawn(topic.topicId, BUSY, 7)) return topic;
  return {
    ...topic,
    lastMsgTime: MESSAGE_AT,
    nextMsgSeq: (topic.nextMsgSeq ?? 1) + 1 + (topic.topicId.length % 40),
  };
}

function merged(before: readonly Snapshot[], after: readonly Snapshot[]): Snapshot[] {
  return [...new Map([...before, ...after].map((topic) => [topic.topicId, topic])).values()];
}

/** Whether a share of all ids has this one in it, the same every time. */
function drawn(id: string, share: number, salt = 0): boolean {
  let hash = 2_166_136_261 ^ salt;
  for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return hash / 2 ** 32 < share;
}

/** What becomes of a topic that is active, each by itself. */
export function fates(topic: Snapshot): Record<string, readonly [Snapshot | undefined, Snapshot]> {
  const active = { ...withoutAbsence(topic), status: 'active' } as Snapshot;
  const changed = (details: Snapshot['details']) => ({
    ...active,
    details: { ...active.details, ...details },
  });
  const missing: Snapshot = { ...active, status: 'missing', missingSince: SECOND_RUN };
  const tombstone: Snapshot = { ...active, status: 'deleted', deletedAt: SECOND_RUN, deletedCode: 110003 };
  return {
    created: [undefined, active],
    'has messages': [active, changed({ lastMsgTime: MESSAGE_AT + 60, nextMsgSeq: 1_000 })],
    'is renamed': [active, changed({ topicName: 'Renamed' })],
    'is muted': [changed({ muteAllMember: false }), changed({ muteAllMember: true })],
    'goes missing': [active, missing],
    'is deleted': [missing, tombstone],
    'is back': [tombstone, active],
  };
}
