import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChatError, stringifyJson, TransportError } from '../../../shared/chat/index.ts';
import { post } from '../../../shared/chat/request.ts';
import { clientOf, failureOf, noTopics, type Step, secretKey, withServer } from './scriptedServer.ts';

const groupId = '@TGS#_g';
const once = { retry: { attempts: 1 } };

/** The error of one attempt against a server that behaves so. */
async function errorAfter(step: Step, options = {}): Promise<Error> {
  let error: Error | undefined;
  await withServer([step], async ({ endpoint }) => {
    error = await failureOf(clientOf(endpoint, { ...once, ...options }).client.getTopics({ groupId }));
  });
  return error as Error;
}

describe('a failure on the way', () => {
  it('that is a gateway’s HTML page names the status', async () => {
    const error = await errorAfter((response) => response.writeHead(502).end('<html>Bad Gateway</html>'));
    expect(error).toMatchObject({
      name: 'TransportError',
      status: 502,
      treatment: 'retry',
      mayHaveHappened: true,
    });
    expect(error.message).toMatch(/^get_topic of @TGS#_g: 127\.0\.0\.1:\d+ answered with HTTP status 502\. /);
  });

  it('that is HTML with status 200 is no answer either', async () => {
    const error = await errorAfter('<html>hello</html>');
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toContain('answered with 18 characters that are not JSON');
  });

  it('that cuts the JSON short is retried until it comes whole', async () => {
    const whole = JSON.stringify(noTopics);
    await withServer([whole.slice(0, -3), '', noTopics], async ({ endpoint }) => {
      const { client, slept } = clientOf(endpoint);
      expect((await client.getTopics({ groupId })).topics).toEqual([]);
      expect(slept).toEqual([125, 250]);
    });
  });

  it('that resets the connection says so', async () => {
    const error = await errorAfter((_response, request) => request.socket.resetAndDestroy());
    expect(error).toMatchObject({ name: 'TransportError', treatment: 'retry', mayHaveHappened: true });
    expect(error.message).toMatch(/127\.0\.0\.1:\d+ (re|c)[a-z]+ the connection/);
  });

  it('that closes the connection inside the body says so', async () => {
    const error = await errorAfter((response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"ActionStatus"');
      setTimeout(() => response.destroy(), 10);
    });
    expect(error).toMatchObject({ reason: expect.stringContaining('before its answer was complete') });
  });

  it('that is silence ends at the timeout, in the headers or in the body', async () => {
    const silent = await errorAfter(() => {}, { timeoutMs: 40 });
    expect(silent).toMatchObject({
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+ did not answer in 40 ms$/),
    });
    const stuck = await errorAfter((response) => response.writeHead(200).write('{'), { timeoutMs: 40 });
    expect(stuck).toMatchObject({ reason: expect.stringContaining('did not answer in 40 ms') });
  });

  it('that is a closed port names the host, and knows that nothing was sent', async () => {
    let endpoint = '';
    await withServer([], async (server) => {
      endpoint = server.endpoint;
    });
    const error = await failureOf(clientOf(endpoint, once).client.getTopics({ groupId }));
    expect(error).toMatchObject({
      reason: `${new URL(endpoint).host} refused the connection`,
      mayHaveHappened: false,
    });
  });

  it.each([
    ['ENOTFOUND', 'is not known to DNS', false],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'has no acceptable certificate (DEPTH_ZERO_SELF_SIGNED_CERT); NODE_EXTRA_CA_CERTS can name the file of its authority',
      false,
    ],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'has no acceptable certificate (ERR_TLS_CERT_ALTNAME_INVALID)', false],
    ['UND_ERR_SOMETHING_NEW', 'failed to answer (UND_ERR_SOMETHING_NEW)', true],
  ])('that undici calls %s is told in words', async (code, words, mayHaveHappened) => {
    const cause = Object.assign(new Error('deep inside'), { code });
    const failing = async () => {
      throw new TypeError('fetch failed', { cause });
    };
    const { client } = clientOf('https://chat.example', { ...once, fetch: failing });
    const error = await failureOf(client.getTopics({ groupId }));
    expect(error).toMatchObject({ reason: `chat.example ${words}`, mayHaveHappened });
  });

  it.each([
    ['connect', 'did not accept a connection in time', false],
    ['read', 'did not answer in time', true],
  ])('that is ETIMEDOUT of %s is told by how far the call came', async (syscall, words, mayHaveHappened) => {
    const cause = Object.assign(new Error('deep inside'), { code: 'ETIMEDOUT', syscall });
    const failing = async () => {
      throw new TypeError('fetch failed', { cause });
    };
    const { client } = clientOf('https://chat.example', { ...once, fetch: failing });
    const error = await failureOf(client.getTopics({ groupId }));
    expect(error).toMatchObject({ reason: `chat.example ${words}`, mayHaveHappened });
  });

  it('that tried several addresses tells of the first', async () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    const failing = async () => {
      throw new TypeError('fetch failed', { cause: new AggregateError([refused, refused]) });
    };
    const { client } = clientOf('https://chat.example', { ...once, fetch: failing });
    expect(await failureOf(client.getTopics({ groupId }))).toMatchObject({
      reason: 'chat.example refused the connection',
    });
  });

  it('that is status 429 slows everyone down', async () => {
    const slowed: string[] = [];
    const error = await errorAfter((response) => response.writeHead(429).end(), {
      onRateLimited: (api: string) => slowed.push(api),
    });
    expect(error).toMatchObject({ treatment: 'slow-down', mayHaveHappened: false });
    expect(slowed).toEqual(['get_topic']);
  });
});

describe('a signed URL', () => {
  it('does not follow a redirect', async () => {
    await withServer([], async (elsewhere) => {
      const error = await errorAfter((response) =>
        response.writeHead(307, { location: `${elsewhere.endpoint}/v4/x` }).end(),
      );
      expect(error).toMatchObject({ reason: expect.stringContaining('redirects, which is not followed') });
      expect(elsewhere.seen).toEqual([]);
    });
  });

  it('keeps an identifier with unusual characters in one parameter', async () => {
    await withServer([noTopics], async ({ endpoint, seen }) => {
      await clientOf(endpoint, { identifier: 'a&b=c d/é' }).client.getTopics({ groupId });
      expect(seen[0]?.query.get('identifier')).toBe('a&b=c d/é');
    });
  });
});

describe('an abort by the caller', () => {
  it('before the call sends nothing and rejects with the reason', async () => {
    await withServer([], async ({ endpoint }) => {
      const reason = new Error('the run was stopped');
      const { client } = clientOf(endpoint);
      expect(await failureOf(client.getTopics({ groupId }, { signal: AbortSignal.abort(reason) }))).toBe(
        reason,
      );
    });
  });

  it('during an attempt rejects with the reason, and nothing is repeated', async () => {
    const controller = new AbortController();
    const reason = new Error('the run was stopped');
    await withServer([() => controller.abort(reason)], async ({ endpoint }) => {
      const { client, slept } = clientOf(endpoint);
      expect(await failureOf(client.getTopics({ groupId }, { signal: controller.signal }))).toBe(reason);
      expect(slept).toEqual([]);
    });
  });

  it('during a wait rejects with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('the run was stopped');
    await withServer([{ ActionStatus: 'FAIL', ErrorCode: 10006 }], async ({ endpoint }) => {
      const { client } = clientOf(endpoint, {
        sleep: (await import('../../../shared/chat/retry.ts')).sleep,
        onRateLimited: () => setTimeout(() => controller.abort(reason), 10),
      });
      expect(await failureOf(client.getTopics({ groupId }, { signal: controller.signal }))).toBe(reason);
    });
  });

  it('reaches the gate', async () => {
    const { signal } = new AbortController();
    await withServer([noTopics], async ({ endpoint }) => {
      const seen: unknown[] = [];
      const { client } = clientOf(endpoint, { gate: async (_api, given) => void seen.push(given) });
      await client.getTopics({ groupId }, { signal });
      expect(seen).toEqual([signal]);
    });
  });
});

describe('no error', () => {
  const everything = (error: Error) =>
    `${inspect(error, { depth: 9 })} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;

  it.each<[string, (url: string) => Step]>([
    [
      'an ErrorInfo that quotes the URL',
      (url) => ({ ActionStatus: 'FAIL', ErrorCode: 70009, ErrorInfo: `bad: ${url}` }),
    ],
    ['a page that quotes the URL', (url) => `<html>${url}`],
    [
      'an ErrorInfo that quotes the URL in an encoding of its own',
      (url) => ({ ActionStatus: 'FAIL', ErrorCode: 70009, ErrorInfo: url.replaceAll('*', '%2A') }),
    ],
    [
      'a topic’s own error that quotes the URL',
      (url) => ({
        ActionStatus: 'OK',
        ErrorCode: 0,
        TopicAndSelfInfo: [{ ErrorCode: 1, ErrorInfo: url, TopicInfo: { TopicId: url, GroupID: url } }],
      }),
    ],
    ['a status line', () => (response) => response.writeHead(500, 'oops').end()],
    ['a lost connection', () => (response) => response.destroy()],
  ])('holds the UserSig or the key after %s', async (_name, answer) => {
    const echo: Step = (response, request) => {
      const step = answer(request.url ?? '');
      if (typeof step === 'function') step(response, request);
      else response.end(typeof step === 'string' ? step : JSON.stringify(step));
    };
    await withServer([echo, echo], async ({ endpoint, seen }) => {
      const { client } = clientOf(endpoint, { retry: { attempts: 2 } });
      const error = await failureOf(client.getTopics({ groupId }));
      expect(error).toBeInstanceOf(ChatError);
      const userSig = seen[0]?.query.get('usersig') ?? 'missing';
      expect(userSig.length).toBeGreaterThan(100);
      expect(decodeURIComponent(everything(error))).not.toContain(userSig);
      expect(everything(error)).not.toContain(secretKey);
      expect(everything(error)).not.toContain('usersig=e');
    });
  });
});

describe('any JSON as an answer', () => {
  const keys = fc.constantFrom(
    'ActionStatus',
    'ErrorCode',
    'ErrorInfo',
    'TopicAndSelfInfo',
    'TopicInfo',
    'TopicId',
    'Next',
    'TotalCount',
    'GroupIdList',
    '__proto__',
  );
  const { answer } = fc.letrec((tie) => ({
    answer: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>('OK', 'FAIL', 0, 10002, 10010, -1, 1.5, null, 'x', 10n ** 30n),
      fc.array(tie('answer'), { maxLength: 3 }),
      fc.dictionary(keys, tie('answer'), { maxKeys: 5, noNullPrototype: true }),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  }));

  it('is read or ends in a ChatError, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (value) => {
        const fake = async () => new Response(stringifyJson(value));
        const { client } = clientOf('https://chat.example', { ...once, fetch: fake });
        const calls = [
          client.getTopics({ groupId }),
          client.listGroups({ limit: 1, next: 0n }),
          client.importTopic({ groupId, topicName: 'n' }),
        ];
        for (const result of await Promise.allSettled(calls)) {
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ChatError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a finished attempt', () => {
  it('leaves neither a timer nor a listener on the caller’s signal behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const { signal } = new AbortController();
    const before = timers();
    const during: number[] = [];
    await post({
      subject: { api: 'get_topic' },
      endpoint: 'https://chat.example',
      path: '/',
      sdkAppId: 1,
      identifier: 'a',
      userSig: 'sig',
      random: 1,
      body: '{}',
      timeoutMs: 60_000,
      signal,
      fetch: async () => {
        during.push(timers(), getEventListeners(signal, 'abort').length);
        return new Response('{}');
      },
    });
    expect(during).toEqual([before + 1, 1]);
    expect([timers(), getEventListeners(signal, 'abort').length]).toEqual([before, 0]);
  });
});
