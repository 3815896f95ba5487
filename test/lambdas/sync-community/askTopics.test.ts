import { describe, expect, it } from '@jest/globals';
import { askTopics } from '../../../lambdas/sync-community/askTopics.ts';
import { ApiError, type GetTopicsRequest, type TopicAnswer } from '../../../shared/chat/index.ts';

const GROUP = '@TGS#_AASK';

describe('asking for the topics of a community', () => {
  it('takes one call when nothing is odd', async () => {
    const { chat, asked } = chatAnswering(() => ({ topics: ['a', 'b'] }));
    expect(await ask(chat)).toEqual({
      requestedAt: 1,
      topics: [{ topicId: 'a' }, { topicId: 'b' }],
      failures: [],
      unattributed: [],
    });
    expect(asked).toEqual([{ groupId: GROUP }]);
  });

  it('is as old as the first of its calls when it takes several', async () => {
    const { chat } = chatAnswering(({ topicIds, responseFilter }) => {
      if (responseFilter) return { topics: ['a', 'b'] };
      return topicIds ? { topics: topicIds } : undefined;
    });
    expect(await ask(chat)).toMatchObject({ requestedAt: 2, topics: [{ topicId: 'a' }, { topicId: 'b' }] });
  });

  it('has no part that was left out because a single topic is too large for an answer', async () => {
    const { chat } = chatAnswering(({ responseFilter }) =>
      responseFilter ? { topics: ['a', 'b'] } : undefined,
    );
    await expect(ask(chat)).rejects.toMatchObject({ name: 'ApiError', code: 10018 });
  });

  it('is too large to be asked for when not even the names of its topics fit', async () => {
    const { chat, asked } = chatAnswering(() => undefined);
    await expect(ask(chat)).rejects.toMatchObject({ code: 10018 });
    expect(asked).toHaveLength(2);
  });

  it('names a topic as failed that fails in a part, or was deleted before its part was asked for', async () => {
    const { chat } = chatAnswering(({ topicIds, responseFilter }) => {
      if (responseFilter) return { topics: ['a', 'b', 'c'] };
      return topicIds ? { topics: ['a'], failures: { b: 4711, c: 110003 } } : undefined;
    });
    expect(await ask(chat)).toMatchObject({
      topics: [{ topicId: 'a' }],
      failures: [
        { topicId: 'b', code: 4711 },
        { topicId: 'c', code: 110003 },
      ],
    });
  });

  it('asks once more for topics whose error passes, and keeps the errors of the others', async () => {
    const { chat, asked } = chatAnswering(({ topicIds }) =>
      topicIds
        ? { topics: ['b'], failures: { c: 10002 } }
        : { topics: ['a'], failures: { b: 10002, c: 10006, d: 110003, e: 4711 } },
    );
    const answer = await ask(chat);
    expect(asked[1]).toEqual({ groupId: GROUP, topicIds: ['b', 'c'] });
    expect(answer.requestedAt).toBe(1);
    expect(answer.topics.map(({ topicId }) => topicId)).toEqual(['a', 'b']);
    expect(answer.failures.map(({ topicId, code }) => [topicId, code])).toEqual([
      ['d', 110003],
      ['e', 4711],
      ['c', 10002],
    ]);
  });
});

interface Scripted {
  readonly topics: readonly string[];
  readonly failures?: Readonly<Record<string, number>>;
}

function ask(chat: Parameters<typeof askTopics>[0]): Promise<TopicAnswer> {
  return askTopics(chat, GROUP, {});
}

/** A client whose calls are numbered by their time; no answer stands for 10018. */
function chatAnswering(answer: (request: GetTopicsRequest) => Scripted | undefined) {
  const asked: GetTopicsRequest[] = [];
  const getTopics = async (request: GetTopicsRequest): Promise<TopicAnswer> => {
    const requestedAt = asked.push(request);
    const scripted = answer(request);
    if (!scripted) throw new ApiError({ api: 'get_topic', groupId: GROUP }, 10018, '');
    const { topics, failures = {} } = scripted;
    return {
      requestedAt,
      topics: topics.map((topicId) => ({ topicId })),
      failures: Object.entries(failures).map(([topicId, code]) => ({ topicId, code, info: '' })),
      unattributed: [],
    };
  };
  return { chat: { getTopics }, asked };
}
