import {
  ApiError,
  type CallOptions,
  type ChatClient,
  type TopicAnswer,
  treatmentOf,
} from '../../shared/chat/index.ts';

/** Topics of one call once a community's whole answer is too large for one. */
const CHUNK = 50;

/**
 * Asks for every topic of a community. An answer that is too large (10018) is fetched in parts, and a topic that
 * failed for a passing reason is asked for once more by its id.
 * @throws {ChatError} when the community as a whole cannot be read
 */
export async function askTopics(
  chat: Pick<ChatClient, 'getTopics'>,
  groupId: string,
  call: CallOptions,
): Promise<TopicAnswer> {
  const answer = await whole(chat, groupId, call);
  const again = answer.failures.filter(({ code }) => ['retry', 'slow-down'].includes(treatmentOf(code)));
  if (again.length === 0) return answer;
  const topicIds = again.map(({ topicId }) => topicId);
  const second = await inParts(chat, groupId, topicIds, call);
  const asked = new Set(topicIds);
  const kept = answer.failures.filter(({ topicId }) => !asked.has(topicId));
  return {
    requestedAt: answer.requestedAt,
    topics: [...answer.topics, ...second.topics],
    failures: [...kept, ...second.failures],
  };
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
    return { ...parts, requestedAt: names.requestedAt, failures: [...names.failures, ...parts.failures] };
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
  const parts: TopicAnswer = { requestedAt: Number.POSITIVE_INFINITY, topics: [], failures: [] };
  let size = CHUNK;
  for (let from = 0; from < topicIds.length; ) {
    try {
      const part = await chat.getTopics({ groupId, topicIds: topicIds.slice(from, from + size) }, call);
      parts.topics.push(...part.topics);
      parts.failures.push(...part.failures);
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
