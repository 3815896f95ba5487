import type { TopicFields } from '../../shared/chat/index.ts';
import { ApiError, ChatError, CODES, MalformedAnswerError } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { settle } from '../../shared/settle.ts';
import type { Confirmation } from '../../shared/sync/absent.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import type { SyncParts } from './outcome.ts';

/** A confirmation, its topics as the API has answered them. */
export type AskedById = Omit<Confirmation, 'topics'> & { readonly topics: readonly TopicFields[] };

/**
 * Asks for absent topics by their ids: only what is answered of a topic by name confirms that it is gone. Of a
 * community that does not exist no topic needs to be asked for; that the list does not name it either confirms it.
 * @param observedAt when the answer in which they are absent was asked for, ISO 8601 UTC
 * @param gone the community does not exist
 * @returns undefined when there is nothing to confirm
 * @throws {ChatError} that may pass, or that ends the run
 */
export async function confirmAbsent(
  parts: Pick<SyncParts, 'askById'>,
  { groupId, reason }: CommunityMessage,
  absent: readonly Snapshot[],
  { observedAt, gone }: { readonly observedAt: string; readonly gone: boolean },
): Promise<AskedById | undefined> {
  if (absent.length === 0) return undefined;
  const topicIds = absent.map(({ topicId }) => topicId);
  if (gone) {
    const code = { code: CODES.gone, info: '' };
    const failures = reason === 'unlisted' ? topicIds.map((topicId) => ({ topicId, ...code })) : [];
    return {
      observedAt,
      topics: [],
      failures,
      otherwise: 'the community does not exist, yet the list names it',
    };
  }
  const asked = await settle(parts.askById(groupId, topicIds));
  if ('error' in asked) return unconfirmed(asked.error, observedAt);
  const { requestedAt, topics, failures } = asked.value;
  const otherwise = 'the answer to its id does not name it';
  return { observedAt: new Date(requestedAt).toISOString(), topics, failures, otherwise };
}

/**
 * An error of the whole answer says nothing of any topic, nor does an answer that cannot be read: what the community's own
 * answer showed is written all the same.
 * @throws the error when it is worth asking again
 */
function unconfirmed(error: unknown, observedAt: string): AskedById {
  const isRead = !(error instanceof MalformedAnswerError);
  const isFinal = error instanceof ChatError && !['retry', 'slow-down', 'fatal'].includes(error.treatment);
  if (isRead && !isFinal) throw error;
  const what =
    error instanceof ApiError ? `get_topic answers ${error.code}` : "get_topic's answer cannot be read";
  return { observedAt, topics: [], failures: [], otherwise: `${what} when it is asked for` };
}
