import { askTopics, inParts } from '../../lambdas/sync-community/askTopics.ts';
import {
  type ChatClient,
  MalformedAnswerError,
  type TopicAnswer,
  type TopicFields,
} from '../../shared/chat/index.ts';
import { isUnknown } from '../../shared/sync/absent.ts';

type Chat = Pick<ChatClient, 'getTopics'>;

/** How often an answer is asked for that would prove something by what is not in it. */
const ASKED = 3;

/** Every topic of a community. An API in trouble answers with none at all: that is asked for again. */
export async function look(chat: Chat, groupId: string): Promise<TopicAnswer> {
  for (let asked = 1; ; asked++) {
    const answer = await askTopics(chat, groupId, {});
    const { topics, failures, unattributed } = answer;
    if (topics.length + failures.length + unattributed.length > 0 || asked === ASKED) return answer;
  }
}

/** One topic of a community; undefined when the API says of it by its id that it is not there. */
export async function lookFor(
  chat: Chat,
  groupId: string,
  topicId: string,
): Promise<TopicFields | undefined> {
  for (let asked = 1; asked <= ASKED; asked++) {
    const { topics, failures } = await inParts(chat, groupId, [topicId], {});
    const topic = topics.find((one) => one.topicId === topicId);
    if (topic) return topic;
    if (failures.some((one) => one.topicId === topicId && !isUnknown(one))) return undefined;
  }
  throw new MalformedAnswerError(
    { api: 'get_topic', groupId },
    'TopicAndSelfInfo',
    'does not name the topic that was asked for',
  );
}
