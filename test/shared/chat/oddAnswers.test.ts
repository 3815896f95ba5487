import { describe, expect, it } from '@jest/globals';
import { ChatError, type TopicFields } from '../../../shared/chat/index.ts';
import { parseJson, stringifyJson } from '../../../shared/chat/json.ts';
import { type ReadTopics, readTopics } from '../../../shared/chat/topicPayload.ts';
import { digestOf } from '../../../shared/sync/digest.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import { makeOdd } from '../../../simulator/faults/oddJson.ts';
import { isJsonObject, type JsonValue, toJson } from '../../../simulator/json.ts';
import { Draw } from '../../../simulator/random.ts';
import { splitAll } from '../../builders.ts';

const GROUP = '@TGS#_@TGS#cODD';
const SUBJECT = { api: 'get_topic', groupId: GROUP } as const;
const OBSERVED = '2026-01-02T03:00:00.000Z';
const MUTATIONS = 20_000;

const elementOf = (nth: number) => ({
  ErrorCode: 0,
  ErrorInfo: 'ok',
  SelfInfo: { ShutUpTime: 0, MsgSeq: 4, MsgFlag: 'AcceptAndNotify' },
  TopicInfo: {
    TopicName: `topic ${nth}`,
    GroupID: GROUP,
    FaceUrl: '',
    TopicId: `${GROUP}@TOPIC#_@TOPIC#c${nth}`,
    NextMsgSeq: 5 + nth,
    Notification: 'Be kind',
    Introduction: 'All about it',
    CreateTime: 1_658_839_448,
    LastMsgTime: 1_658_839_999,
    MuteAllMember: 'Off',
    CustomString: '{"a":1}',
    TopicType: 'Public',
  },
});
const ANSWER = {
  ActionStatus: 'OK',
  ErrorInfo: 'ok',
  ErrorCode: 0,
  TopicAndSelfInfo: [1, 2, 3, 4].map(elementOf),
};
const RIGHT = readTopics(ANSWER, SUBJECT).topics;
const STORED = planCommunity([], seen(RIGHT)).topics;

describe(`an answer of get_topic with one odd part, ${MUTATIONS} times`, () => {
  it('costs no other topic anything, deletes nothing, and never ends in anything but an error of the API', () => {
    for (let seed = 1; seed <= MUTATIONS; seed++) {
      const { value, at } = makeOdd(ANSWER, new Draw(seed));
      try {
        check(value, at);
      } catch (error) {
        throw new Error(`seed ${seed}, at ${at.join('.')}: ${(error as Error).stack}`);
      }
    }
  });
});

function check(value: JsonValue, at: readonly (string | number)[]): void {
  const read = settled(value);
  if (!read) {
    // Only an answer whose list is gone, or that names nobody any more.
    if (idsIn(value).length > 0) throw new Error('a community that has its ids has failed');
    return;
  }
  const odd = at[0] === 'TopicAndSelfInfo' && typeof at[1] === 'number' ? RIGHT[at[1]]?.topicId : undefined;
  const isWhole = at[0] !== 'TopicAndSelfInfo' || at.length > 1;
  if (isWhole) {
    const byId = new Map(read.topics.map((topic) => [topic.topicId, topic]));
    for (const right of RIGHT) if (right.topicId !== odd) expect(byId.get(right.topicId)).toEqual(right);
  }
  const topics = splitAll(read.topics);
  digestOf(topics);
  stringifyJson(read.topics);
  const plan = planCommunity(STORED, { ...seen(read.topics), failures: read.failures });
  expect(plan.counts.deleted + plan.counts.confirmed).toBe(0);
  const named = [...read.topics, ...read.failures].map(({ topicId }) => topicId);
  const missing = plan.topics.filter(({ status }) => status === 'missing').map(({ topicId }) => topicId);
  expect(missing.filter((topicId) => named.includes(topicId))).toEqual([]);
}

function settled(value: JsonValue): ReadTopics | undefined {
  try {
    return readTopics(parseJson(toJson(value)), SUBJECT);
  } catch (error) {
    if (error instanceof ChatError) return undefined;
    throw error;
  }
}

/** The ids of topics that an answer names, wherever else it is odd. */
function idsIn(value: JsonValue): string[] {
  const list = isJsonObject(value) ? value['TopicAndSelfInfo'] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((element) => {
    const info = isJsonObject(element) ? element['TopicInfo'] : undefined;
    const id = isJsonObject(info ?? null) ? (info as { TopicId?: unknown }).TopicId : undefined;
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
}

function seen(topics: readonly TopicFields[]) {
  return {
    runId: '2026-01-02T03:00:00.000Z',
    groupId: GROUP,
    observedAt: OBSERVED,
    topics: splitAll(topics),
    failures: [],
  };
}
