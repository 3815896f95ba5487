import { describe, expect, it } from '@jest/globals';
import {
  customTopicIdProblem,
  importLimits,
  importProblems,
  isDefaultStyleTopicId,
} from '../../../shared/chat/index.ts';
import { bodyOf, clientOf, fail, failureOf, ok, type Step, withServer } from './scriptedServer.ts';

const groupId = '@TGS#_@TGS#cBZXAIIM62CV';
const custom = `${groupId}@TOPIC#_news`;
const documented = '/v4/group_open_http_svc/import_topic';
const other = '/v4/million_group_open_http_svc/import_topic';
const done = ok({ TopicId: custom });
const notFound: Step = (response) => response.writeHead(404).end('not here');

describe('importTopic', () => {
  it('sends what was given, under the documented names, and nothing else', async () => {
    await withServer([done, done], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint);
      const full = {
        groupId,
        topicId: custom,
        topicName: 'News',
        fromAccount: '1400187352',
        customString: 'c',
        faceUrl: 'f',
        notification: 'n',
        introduction: '',
        createTime: 1448357837,
      };
      expect(await client.importTopic(full)).toEqual({ topicId: custom });
      await client.importTopic({ groupId, topicName: 'News' });
      expect(bodyOf(seen[0])).toEqual({
        Type: 'Community',
        GroupId: groupId,
        TopicId: custom,
        TopicName: 'News',
        From_Account: '1400187352',
        CustomString: 'c',
        FaceUrl: 'f',
        Notification: 'n',
        Introduction: '',
        CreateTime: 1448357837,
      });
      expect(bodyOf(seen[1])).toEqual({ Type: 'Community', GroupId: groupId, TopicName: 'News' });
    });
  });

  it.each<[string, Step]>([
    ['10003', fail(10003)],
    ['a 404', notFound],
  ])('takes the other path after %s, at once, and remembers it', async (_name, refusal) => {
    await withServer([refusal, done, done], async ({ endpoint, seen }) => {
      const { client, slept } = clientOf(endpoint);
      await client.importTopic({ groupId, topicName: 'a' });
      await client.importTopic({ groupId, topicName: 'b' });
      expect(seen.map(({ path }) => path)).toEqual([documented, other, other]);
      expect(slept).toEqual([]);
    });
  });

  it('remembers the other path when the command itself answered there with an error', async () => {
    await withServer([fail(10003), fail(10021), done], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint);
      const taken = await failureOf(client.importTopic({ groupId, topicId: custom, topicName: 'a' }));
      expect(taken).toMatchObject({ code: 10021, treatment: 'outcome' });
      await client.importTopic({ groupId, topicName: 'b' });
      expect(seen.map(({ path }) => path)).toEqual([documented, other, other]);
    });
  });

  it('does not take a refusal by the gateway, which asks for no command, as a sign of the right path', async () => {
    await withServer([fail(10003), fail(60020), done], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint);
      await failureOf(client.importTopic({ groupId, topicName: 'a' }));
      await client.importTopic({ groupId, topicName: 'b' });
      expect(seen.map(({ path }) => path)).toEqual([documented, other, documented]);
    });
  });

  it('is fatal when neither path is known', async () => {
    await withServer([fail(10003), fail(10003), fail(10003)], async ({ endpoint, seen }) => {
      const error = await failureOf(clientOf(endpoint).client.importTopic({ groupId, topicName: 'a' }));
      expect(error).toMatchObject({ code: 10003, treatment: 'fatal' });
      expect(seen.map(({ path }) => path)).toEqual([documented, other, other]);
    });
  });

  it('stays on a path whose error says nothing against it', async () => {
    await withServer([fail(10015), done], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint);
      await failureOf(client.importTopic({ groupId, topicName: 'a' }));
      await client.importTopic({ groupId, topicName: 'b' });
      expect(seen.map(({ path }) => path)).toEqual([documented, documented]);
    });
  });

  it.each<[string, Step]>([
    ['an internal error', fail(10002)],
    ['a lost connection', (response) => response.destroy()],
    ['an unreadable answer', '<html>'],
    ['an answer without the id', ok({})],
  ])('without an id of its own is never repeated after %s: it could make two topics', async (_name, step) => {
    await withServer([step], async ({ endpoint }) => {
      const error = await failureOf(clientOf(endpoint).client.importTopic({ groupId, topicName: 'a' }));
      expect(error).toMatchObject({ mayHaveHappened: true, treatment: 'retry' });
    });
    await withServer([step, done], async ({ endpoint }) => {
      const answer = await clientOf(endpoint).client.importTopic({
        groupId,
        topicId: custom,
        topicName: 'a',
      });
      expect(answer).toEqual({ topicId: custom });
    });
  });

  it.each([10006, 70001, 60014])(
    'without an id is repeated after %i, which came before anything was made',
    async (code) => {
      await withServer([fail(code), done], async ({ endpoint }) => {
        await clientOf(endpoint).client.importTopic({ groupId, topicName: 'a' });
      });
    },
  );
});

describe('the byte limits', () => {
  it('are met at the limit and broken one byte later, counted in UTF-8', () => {
    const request = {
      groupId,
      topicName: '話'.repeat(10),
      notification: 'n'.repeat(301),
      introduction: 'é'.repeat(121),
    };
    expect(importProblems(request)).toEqual([
      { field: 'notification', bytes: 301, limit: 300 },
      { field: 'introduction', bytes: 242, limit: 240 },
    ]);
  });

  it('are the documented ones', () => {
    expect(importLimits).toEqual({
      topicId: 96,
      topicName: 30,
      customString: 3000,
      faceUrl: 100,
      notification: 300,
      introduction: 240,
    });
  });
});

describe('a custom topic id', () => {
  it('is told from one that Tencent made up', () => {
    expect(isDefaultStyleTopicId(`${groupId}@TOPIC#_@TOPIC#cTCCCIIM62CW`)).toBe(true);
    expect(isDefaultStyleTopicId(custom)).toBe(false);
  });

  it.each([
    [custom, undefined],
    [`${groupId}@TOPIC#_a b~`, undefined],
    [`${groupId}@TOPIC#_${'x'.repeat(96 - groupId.length - 8)}`, undefined],
    [`${groupId}@TOPIC#_${'x'.repeat(97 - groupId.length - 8)}`, 'has 97 bytes of at most 96'],
    [`${groupId}@TOPIC#_@TOPIC#c1`, 'is of the default style, which only Tencent assigns'],
    [`${groupId}@TOPIC#_`, `has nothing after ${groupId}@TOPIC#_`],
    ['@TGS#_other@TOPIC#_news', `does not start with ${groupId}@TOPIC#_`],
    [`${groupId}@TOPIC#_caf\u00e9`, 'has characters other than printable ASCII'],
    [`${groupId}@TOPIC#_a@TGS#_b`, 'has @TGS#_ in its own part'],
  ])('%s is judged by the documented rules', (topicId, problem) => {
    expect(customTopicIdProblem(groupId, topicId)).toBe(problem);
  });
});
