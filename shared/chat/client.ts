import type { CallSubject } from './errors.ts';
import { ApiError } from './errors.ts';
import { type Command, createExchange } from './exchange.ts';
import { readGroupPage } from './groupPayload.ts';
import {
  createPathFallback,
  type ImportTopicRequest,
  importBody,
  isWrongPath,
  readImport,
} from './importTopic.ts';
import { checkedEndpoint } from './regions.ts';
import { readTopics } from './topicPayload.ts';
import type {
  ChatClient,
  ChatClientOptions,
  GetTopicsRequest,
  GroupPage,
  ListGroupsRequest,
  TopicAnswer,
} from './types.ts';

/**
 * A client of one app. It holds a UserSig and the path import_topic answers on, and nothing else between calls.
 * @throws Error when the endpoint is not one that a signed URL may be sent to
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const { endpoint, backup } = options;
  const exchange = createExchange({
    ...options,
    endpoint: checkedEndpoint(endpoint),
    ...(backup !== undefined && { backup: checkedEndpoint(backup) }),
  });
  const onImportPath = createPathFallback();
  const fromAccount = options.fromAccount ?? options.identifier;
  const onError = options.onError ?? (() => {});

  return {
    listGroups: (request, call) => exchange(reporting(listCommand(request), onError), call),
    getTopics: (request, call) =>
      exchange(reporting(topicsCommand(request, fromAccount, onError), onError), call),
    importTopic: (request, call) =>
      onImportPath((path, isLastPath) =>
        exchange(reporting(importCommand(request, path, isLastPath), onError), call),
      ),
  };
}

type OnError = NonNullable<ChatClientOptions['onError']>;

/** The same command, telling `onError` of each answer that is an error. */
function reporting<T>(command: Command<T>, onError: OnError): Command<T> {
  const { api } = command.subject;
  return {
    ...command,
    read(answer, requestedAt) {
      try {
        return command.read(answer, requestedAt);
      } catch (error) {
        if (error instanceof ApiError) onError({ api, code: error.code, level: 'answer' });
        throw error;
      }
    },
  };
}

/** `Next` is sent even when it is 0: without it the answer has none either, and no second page can be asked for. */
function listCommand({ limit, next, groupType }: ListGroupsRequest): Command<GroupPage> {
  const subject: CallSubject = { api: 'get_appid_group_list' };
  return {
    subject,
    path: '/v4/group_open_http_svc/get_appid_group_list',
    body: { Limit: limit, Next: next, GroupType: groupType },
    read: (answer, requestedAt) => ({ ...readGroupPage(answer, subject), requestedAt }),
  };
}

function topicsCommand(
  { groupId, topicIds, responseFilter }: GetTopicsRequest,
  fromAccount: string,
  onError: OnError,
): Command<TopicAnswer> {
  const subject: CallSubject = { api: 'get_topic', groupId };
  return {
    subject,
    path: '/v4/million_group_open_http_svc/get_topic',
    body: {
      GroupId: groupId,
      From_Account: fromAccount,
      TopicIdList: topicIds,
      ResponseFilter: responseFilter,
    },
    read(answer, requestedAt) {
      const { ignored, ...read } = readTopics(answer, subject);
      if (ignored) onError({ api: 'get_topic', code: ignored.code, level: 'answer' });
      for (const { code } of read.failures)
        if (code !== undefined) onError({ api: 'get_topic', code, level: 'topic' });
      return { requestedAt, ...read };
    },
  };
}

function importCommand(
  request: ImportTopicRequest,
  path: string,
  isLastPath: boolean,
): Command<{ topicId: string }> {
  const subject: CallSubject = { api: 'import_topic', groupId: request.groupId };
  return {
    subject,
    path,
    body: importBody(request),
    read: (answer) => readImport(answer, subject),
    // Without an id of its own the topic would be made twice; on the wrong path the other one is due.
    mayRepeat: (error) =>
      (request.topicId !== undefined || !error.mayHaveHappened) && (isLastPath || !isWrongPath(error)),
  };
}
