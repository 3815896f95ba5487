import {
  ApiError,
  type CallOptions,
  type ChatClient,
  MalformedAnswerError,
  type TopicAnswer,
  type TopicFailure,
  treatmentOf,
} from '../../shared/chat/index.ts';
import { settle } from '../../shared/settle.ts';

/** Topics of one call once a community's whole answer is too large for one. */
const CHUNK = 50;

/**
 * Asks for every topic of a community. An answer that is too large (10018) is fetched in parts, and a topic that
 * failed for a passing reason, or could not be read, is asked for once more by its id.
 * @throws {ChatError} when the community as a whole cannot be read
 */
export async function askTopics(
  chat: Pick<ChatClient, 'getTopics'>,
  groupId: string,
  call: CallOptions,
): Promise<TopicAnswer> {
  const answer = await whole(chat, groupId, call);
  const topicIds = answer.failures.filter(mayPass).map(({ topicId }) => topicId);
  if (topicIds.length === 0) return answer;
  const asked = await settle(inParts(chat, groupId, topicIds, call));
  if ('error' in asked) {
    // The others' answer was read: it is not given up for one that was not.
    if (asked.error instanceof MalformedAnswerError) return answer;
    throw asked.error;
  }
  const second = asked.value;
  const answered = new Set([...second.topics, ...second.failures].map(({ topicId }) => topicId));
  const kept = answer.failures.filter(({ topicId }) => !answered.has(topicId));
  return {
    requestedAt: answer.requestedAt,
    topics: [...answer.topics, ...second.topics],
    failures: [...kept, ...second.failures],
    unattributed: [...answer.unattributed, ...second.unattributed],
  };
}

function mayPass({ code }: TopicFailure): boolean {
  return code === undefined || ['retry', 'slow-down'].includes(treatmentOf(code));
}

async function whole(
  chat: Pick<ChatClient, 'getTopics'>,
  groupId: string,
  call: CallOptions,
): Promise<TopicAnswer> {
  try {
    return await chat.getTopics({ groupId }, call);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    // A filtered answer still names each topic's id, and little else.
    const names = await chat.getTopics({ groupId, responseFilter: ['CreateTime'] }, call);
    const ids = names.topics.map(({ topicId }) => topicId);
    const parts = await inParts(chat, groupId, ids, call);
    return {
      requestedAt: names.requestedAt,
      topics: parts.topics,
      failures: [...names.failures, ...parts.failures],
      unattributed: [...names.unattributed, ...parts.unattributed],
    };
  }
}

/**
 * Asks for topics by id, in chunks that are halved while they are too large. An answer is as old as its first call.
 * @throws {ChatError} when one of the calls fails
 */
export async function inParts(
  chat: Pick<ChatClient, 'getTopics'>,
  groupId: string,
  topicIds: readonly string[],
  call: CallOptions,
): Promise<TopicAnswer> {
  const parts: TopicAnswer = {
    requestedAt: Number.POSITIVE_INFINITY,
    topics: [],
    failures: [],
    unattributed: [],
  };
  let size = CHUNK;
  for (let from = 0; from < topicIds.length; ) {
    try {
      const part = await chat.getTopics({ groupId, topicIds: topicIds.slice(from, from + size) }, call);
      parts.topics.push(...part.topics);
      parts.failures.push(...part.failures);
      parts.unattributed.push(...part.unattributed);
      parts.requestedAt = Math.min(parts.requestedAt, part.requestedAt);
      from += size;
    } catch (error) {
      if (!isTooLarge(error) || size === 1) throw error;
      size = Math.ceil(size / 2);
    }
  }
  return parts;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.treatment === 'split';
}
