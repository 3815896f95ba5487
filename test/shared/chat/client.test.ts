import { describe, expect, it } from '@jest/globals';
import type { CodeEvent } from '../../../shared/chat/index.ts';
import { bodyOf, clientOf, fail, failureOf, noTopics, ok, withServer } from './scriptedServer.ts';

const groupId = '@TGS#_@TGS#cQVLVHIM62CJ';
const page = (next: string) =>
  `{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"TotalCount":2,"GroupIdList":[{"GroupId":"${groupId}"}],"Next":${next}}`;
const meter = () => ({ calls: 0, retries: 0, rateLimited: 0 });

describe('every request', () => {
  it('is a POST of JSON with the five parameters of the documented URL', async () => {
    await withServer([noTopics], async ({ endpoint, seen }) => {
      await clientOf(endpoint).client.getTopics({ groupId });
      const [request] = seen;
      expect(request?.method).toBe('POST');
      expect(request?.contentType).toBe('application/json');
      expect(Object.fromEntries(request?.query ?? [])).toEqual({
        sdkappid: '1400000000',
        identifier: 'administrator',
        usersig: expect.stringMatching(/^[A-Za-z0-9*\-_]{100,}$/),
        random: '2147483648',
        contenttype: 'json',
      });
    });
  });

  it('has a random number of its own, retries included', async () => {
    const draws = [0.25, 0, 0.999999999999];
    await withServer([fail(10002), noTopics], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint, { random: () => draws.shift() ?? 0 });
      await client.getTopics({ groupId });
      expect(seen.map(({ query }) => query.get('random'))).toEqual(['1073741824', '4294967295']);
    });
  });

  it('reuses one UserSig', async () => {
    await withServer([noTopics, noTopics], async ({ endpoint, seen }) => {
      let reads = 0;
      const { client } = clientOf(endpoint, { secretKey: async () => `key ${reads++}` });
      await client.getTopics({ groupId });
      await client.getTopics({ groupId });
      expect(reads).toBe(1);
      expect(seen[0]?.query.get('usersig')).toBe(seen[1]?.query.get('usersig'));
    });
  });

  it('goes to the endpoint only if a signed URL may travel there', () => {
    expect(() => clientOf('http://example.com')).toThrow(/TENCENT_CHAT_ENDPOINT/);
  });

  it('awaits the gate before every attempt, retries included, and is timed after it', async () => {
    await withServer([fail(10002), noTopics], async ({ endpoint }) => {
      let clock = 1_700_000_000_000;
      const gated: string[] = [];
      const { client } = clientOf(endpoint, {
        now: () => clock,
        gate: async (api) => {
          gated.push(api);
          clock += 40;
          return undefined;
        },
      });
      const { requestedAt } = await client.getTopics({ groupId });
      expect(gated).toEqual(['get_topic', 'get_topic']);
      expect(requestedAt).toBe(1_700_000_000_080);
    });
  });

  it('tells the gate when each attempt has ended, whatever came of it', async () => {
    await withServer([fail(10002), noTopics], async ({ endpoint }) => {
      let [underWay, ended] = [0, 0];
      const gate = async () => {
        underWay += 1;
        return () => {
          underWay -= 1;
          ended += 1;
        };
      };
      await clientOf(endpoint, { gate }).client.getTopics({ groupId });
      expect([underWay, ended]).toEqual([0, 2]);
      await expect(clientOf('http://127.0.0.1:9', { gate }).client.getTopics({ groupId })).rejects.toThrow();
      expect(underWay).toBe(0);
    });
  });

  it('is counted by the caller’s meter', async () => {
    await withServer([fail(10006), fail(10002), noTopics, noTopics], async ({ endpoint }) => {
      const counts = meter();
      const { client } = clientOf(endpoint);
      await client.getTopics({ groupId }, { meter: counts });
      await client.getTopics({ groupId }, { meter: counts });
      expect(counts).toEqual({ calls: 4, retries: 2, rateLimited: 1 });
    });
  });
});

describe('listGroups', () => {
  it('sends Next on the first page too, and the group type', async () => {
    await withServer([page('0')], async ({ endpoint, seen }) => {
      await clientOf(endpoint).client.listGroups({ limit: 1000, next: 0n, groupType: 'Community' });
      expect(seen[0]?.path).toBe('/v4/group_open_http_svc/get_appid_group_list');
      expect(seen[0]?.body).toBe('{"Limit":1000,"Next":0,"GroupType":"Community"}');
    });
  });

  it('sends a cursor of 64 bits back digit for digit', async () => {
    await withServer([page('18446744073709551615'), page('0')], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint);
      const first = await client.listGroups({ limit: 20, next: 0n });
      expect(first).toMatchObject({ groupIds: [groupId], totalCount: 2, next: 18446744073709551615n });
      const second = await client.listGroups({ limit: 20, next: first.next });
      expect(seen[1]?.body).toBe('{"Limit":20,"Next":18446744073709551615}');
      expect(second.next).toBe(0n);
    });
  });

  it('never takes an answer without a cursor for the last page', async () => {
    const answer = ok({ TotalCount: 1, GroupIdList: [{ GroupId: groupId }] });
    await withServer([answer, answer], async ({ endpoint }) => {
      const error = await failureOf(clientOf(endpoint).client.listGroups({ limit: 20, next: 0n }));
      expect(error).toMatchObject({ name: 'MalformedAnswerError', path: 'Next', treatment: 'retry' });
    });
  });

  it('treats a refusal that would only skip a community as fatal, for it concerns no community', async () => {
    await withServer([fail(10007)], async ({ endpoint }) => {
      const error = await failureOf(clientOf(endpoint).client.listGroups({ limit: 20, next: 0n }));
      expect(error).toMatchObject({ code: 10007, treatment: 'fatal' });
    });
  });
});

describe('getTopics', () => {
  it('asks for everything unless told otherwise', async () => {
    await withServer([noTopics, noTopics], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint, { fromAccount: 'auditor' });
      await client.getTopics({ groupId });
      await client.getTopics({ groupId, topicIds: ['a', 'b'], responseFilter: ['TopicName'] });
      expect(seen[0]?.path).toBe('/v4/million_group_open_http_svc/get_topic');
      expect(bodyOf(seen[0])).toEqual({ GroupId: groupId, From_Account: 'auditor' });
      expect(bodyOf(seen[1])).toEqual({
        GroupId: groupId,
        From_Account: 'auditor',
        TopicIdList: ['a', 'b'],
        ResponseFilter: ['TopicName'],
      });
    });
  });

  it('asks in the name of the identifier by default', async () => {
    await withServer([noTopics], async ({ endpoint, seen }) => {
      await clientOf(endpoint).client.getTopics({ groupId });
      expect(bodyOf(seen[0])).toMatchObject({ From_Account: 'administrator' });
    });
  });

  it('gives topics and failures apart, and tells the metrics of each code', async () => {
    const answer = ok({
      TopicAndSelfInfo: [
        { ErrorCode: 0, TopicInfo: { TopicId: 'kept', TopicName: 'Kept' } },
        { ErrorCode: 110003, ErrorInfo: 'deleted', TopicInfo: { TopicId: 'gone' } },
      ],
    });
    await withServer([answer], async ({ endpoint }) => {
      const events: CodeEvent[] = [];
      const { client } = clientOf(endpoint, { onError: (event) => events.push(event), now: () => 7_000 });
      expect(await client.getTopics({ groupId })).toEqual({
        requestedAt: 7_000,
        topics: [{ topicId: 'kept', topicName: 'Kept' }],
        failures: [{ topicId: 'gone', code: 110003, info: 'deleted' }],
        unattributed: [],
      });
      expect(events).toEqual([{ api: 'get_topic', code: 110003, level: 'topic' }]);
    });
  });

  it('tells the metrics of a top-level code even where it is ignored', async () => {
    const answer = { ...fail(10002), TopicAndSelfInfo: [{ TopicInfo: { TopicId: 'kept' } }] };
    await withServer([answer], async ({ endpoint }) => {
      const events: CodeEvent[] = [];
      const { client } = clientOf(endpoint, { onError: (event) => events.push(event) });
      expect((await client.getTopics({ groupId })).topics).toEqual([{ topicId: 'kept' }]);
      expect(events).toEqual([{ api: 'get_topic', code: 10002, level: 'answer' }]);
    });
  });

  it('names the community, the code and what to do in the error of a refusal', async () => {
    await withServer([fail(60020, 'package\nexpired')], async ({ endpoint }) => {
      const events: CodeEvent[] = [];
      const { client } = clientOf(endpoint, { onError: (event) => events.push(event) });
      const error = await failureOf(client.getTopics({ groupId }));
      expect(error).toMatchObject({
        name: 'ApiError',
        code: 60020,
        info: 'package expired',
        treatment: 'fatal',
      });
      expect(error.message).toBe(
        `get_topic of ${groupId}: 60020: the plan is missing, expired or in arrears; a purchase takes effect after ` +
          `about five minutes ("package expired"). No call will succeed until the app's configuration or plan is corrected.`,
      );
      expect(events).toEqual([{ api: 'get_topic', code: 60020, level: 'answer' }]);
    });
  });

  it('reads a deleted community as an outcome, without asking again', async () => {
    await withServer([fail(10010)], async ({ endpoint }) => {
      const error = await failureOf(clientOf(endpoint).client.getTopics({ groupId }));
      expect(error).toMatchObject({ code: 10010, treatment: 'outcome', groupId });
    });
  });
});
