import { describe, expect, it } from '@jest/globals';
import { ApiError, MalformedAnswerError, TransportError } from '../../../shared/chat/index.ts';
import { defaultRetryPolicy, sleep, waitMs, withRetries } from '../../../shared/chat/retry.ts';
import { clientOf, fail, failureOf, noTopics, ok, type Step, withServer } from './scriptedServer.ts';

const subject = { api: 'get_topic', groupId: 'g' } as const;

/** Runs attempts that fail so, one after the other, then succeed; tells what was done between. */
async function trial(
  failures: Error[],
  { deadline, attempts = 5 }: { deadline?: number; attempts?: number } = {},
) {
  const log: string[] = [];
  let clock = 0;
  const result = await withRetries(
    async (number) => {
      const failure = failures[number - 1];
      if (failure) throw failure;
      return number;
    },
    {
      policy: { ...defaultRetryPolicy, attempts },
      now: () => clock,
      random: () => 0.5,
      sleep: async (ms) => {
        clock += ms;
        log.push(`sleep ${ms}`);
      },
      deadline,
      attemptMs: 100,
      rebuildUserSig: async () => void log.push('rebuild'),
      onRateLimited: () => log.push('slower'),
    },
  ).then(
    (attempt) => ({ attempt, error: undefined }),
    (error) => ({ attempt: undefined, error }),
  );
  return { ...result, log };
}

const api = (code: number) => new ApiError(subject, code, '');
const many = (error: Error, times: number) => Array.from({ length: times }, () => error);

describe('a failure that passes by itself', () => {
  it.each([
    ['an internal error', api(10002)],
    ['a lost connection', new TransportError(subject, 'reset')],
  ])('(%s) is retried with doubling bounds, half of which the jitter took here', async (_name, error) => {
    const { attempt, log } = await trial(many(error, 4));
    expect(attempt).toBe(5);
    expect(log).toEqual(['sleep 125', 'sleep 250', 'sleep 500', 'sleep 1000']);
  });

  it('ends with the last error, still marked as worth a later try', async () => {
    const { error, log } = await trial(many(api(10002), 9));
    expect(error).toMatchObject({ code: 10002, treatment: 'retry' });
    expect(log).toHaveLength(4);
  });

  it('waits anything from nothing to the bound, and never more than the cap', () => {
    const wait = (attempt: number, random: number) =>
      waitMs('retry', attempt, { policy: defaultRetryPolicy, random: () => random });
    expect(wait(1, 0)).toBe(0);
    expect(wait(3, 0.9999)).toBe(1000);
    expect(wait(30, 0.9999)).toBe(defaultRetryPolicy.capMs);
  });
});

describe('an answer that asks to slow down', () => {
  it('waits a second or more each time and tells everyone', async () => {
    const { attempt, log } = await trial(many(api(10006), 2));
    expect(attempt).toBe(3);
    expect(log).toEqual(['slower', 'sleep 1125', 'slower', 'sleep 1250']);
  });

  it('is told even when no attempt is left', async () => {
    const { error, log } = await trial(many(api(60007), 9), { attempts: 2 });
    expect(error.treatment).toBe('slow-down');
    expect(log.filter((entry) => entry === 'slower')).toHaveLength(2);
  });
});

describe('a refused signature', () => {
  it('is made anew once, without waiting', async () => {
    const { attempt, log } = await trial([api(70001)]);
    expect(attempt).toBe(2);
    expect(log).toEqual(['rebuild']);
  });

  it('is fatal when the new one is refused as well', async () => {
    const { error, log } = await trial([api(70001), api(70003)]);
    expect(error).toMatchObject({ code: 70003, treatment: 'fatal' });
    expect(error.message).toContain('No call will succeed until');
    expect(log).toEqual(['rebuild']);
  });

  it('is tried twice where Tencent says "retry", then made anew, then fatal', async () => {
    const { error, log } = await trial(many(api(60004), 9));
    expect(error).toMatchObject({ code: 60004, treatment: 'fatal' });
    expect(log).toEqual(['sleep 125', 'rebuild']);
  });

  it('that has failed too often is not repeated at all', async () => {
    const { error, log } = await trial([api(70050)]);
    expect(error.treatment).toBe('fatal');
    expect(log).toEqual([]);
  });

  it('is left to a later delivery when the deadline is near', async () => {
    const { error, log } = await trial([api(70001)], { deadline: 50 });
    expect(error).toMatchObject({ code: 70001, treatment: 'retry' });
    expect(log).toEqual([]);
  });
});

describe('a failure with few tries', () => {
  it('becomes what it looks like after them', async () => {
    const { error, log } = await trial(many(api(10003), 9));
    expect(error).toMatchObject({ code: 10003, treatment: 'fatal' });
    expect(log).toEqual(['sleep 125']);
  });

  it('counts only failures of its own kind', async () => {
    const { attempt } = await trial([api(10003), api(10002), api(60013)]);
    expect(attempt).toBe(4);
  });

  it('that is a malformed answer is asked for once more, then left to a later delivery', async () => {
    const { error, log } = await trial(many(new MalformedAnswerError(subject, 'Next', 'missing'), 9));
    expect(error).toMatchObject({ path: 'Next', treatment: 'retry' });
    expect(log).toEqual(['sleep 125']);
  });
});

describe('a failure no retry mends', () => {
  it.each([
    [10010, 'outcome'],
    [10018, 'split'],
    [11000, 'skip'],
    [60020, 'fatal'],
    [123456, 'skip'],
  ])('(%i) is thrown at once as %s', async (code, treatment) => {
    const { error, log } = await trial([api(code)]);
    expect(error).toMatchObject({ code, treatment });
    expect(log).toEqual([]);
  });

  it('that is not a ChatError passes through untouched', async () => {
    const alien = new Error('the gate broke');
    expect((await trial([alien])).error).toBe(alien);
  });
});

describe('the deadline', () => {
  it('lets a retry begin that can just finish before it, and not one a millisecond longer', async () => {
    expect((await trial([api(10002)], { deadline: 225 })).attempt).toBe(2);
    expect((await trial([api(10002)], { deadline: 224 })).error).toMatchObject({ treatment: 'retry' });
  });

  it('has to leave a retry the three seconds that Tencent’s server may take, not the whole timeout', async () => {
    const call = async (left: number, script: Step[]) => {
      let outcome: unknown;
      await withServer(script, async ({ endpoint }) => {
        const { client } = clientOf(endpoint, { now: () => 1000 });
        outcome = await client.getTopics({ groupId: 'g' }, { deadline: 1000 + left }).catch((error) => error);
      });
      return outcome;
    };
    expect(await call(3125, [fail(10002), noTopics])).toMatchObject({ topics: [] });
    expect(await call(3124, [fail(10002)])).toMatchObject({ code: 10002 });
  });

  it('cuts the first attempt too', async () => {
    await withServer([() => {}], async ({ endpoint }) => {
      const { client } = clientOf(endpoint);
      const started = Date.now();
      const error = await failureOf(client.getTopics({ groupId: 'g' }, { deadline: started + 60 }));
      expect(error).toMatchObject({ name: 'TransportError', treatment: 'retry' });
      expect(Date.now() - started).toBeLessThan(2000);
    });
  });

  it('that has passed sends nothing', async () => {
    await withServer([], async ({ endpoint }) => {
      const meter = { calls: 0, retries: 0, rateLimited: 0 };
      const { client } = clientOf(endpoint);
      const error = await failureOf(client.getTopics({ groupId: 'g' }, { deadline: Date.now() - 1, meter }));
      expect(error).toMatchObject({
        name: 'NoTurnError',
        message: expect.stringMatching(/^get_topic of g.*deadline passed before its turn/),
      });
      expect(meter.calls).toBe(0);
    });
  });
});

describe('the secret', () => {
  it('is read again, and the call signed anew, when the signature is refused', async () => {
    await withServer([fail(70003), noTopics, noTopics], async ({ endpoint, seen }) => {
      const reads: boolean[] = [];
      const { client } = clientOf(endpoint, {
        secretKey: async (refresh) => {
          reads.push(refresh);
          return refresh ? 'rotated' : 'old';
        },
      });
      await client.getTopics({ groupId: 'g' });
      await client.getTopics({ groupId: 'g' });
      expect(reads).toEqual([false, true]);
      const [first, second, third] = seen.map(({ query }) => query.get('usersig'));
      expect(second).not.toBe(first);
      expect(third).toBe(second);
    });
  });

  it('is read again once for many calls refused together', async () => {
    const waiting: (() => void)[] = [];
    const refuse: Step = (response) => {
      waiting.push(() => response.end(JSON.stringify(fail(70001))));
      if (waiting.length === 3) for (const answer of waiting) answer();
    };
    const good = ok({ TopicAndSelfInfo: [] });
    await withServer([refuse, refuse, refuse, good, good, good], async ({ endpoint }) => {
      let fresh = 0;
      const { client } = clientOf(endpoint, {
        secretKey: async (refresh) => (refresh ? `rotated ${fresh++}` : 'old'),
      });
      await Promise.all([1, 2, 3].map(() => client.getTopics({ groupId: 'g' })));
      expect(fresh).toBe(1);
    });
  });

  it('that cannot be read fails the call with the reader’s own error, and is asked for again next time', async () => {
    await withServer([noTopics], async ({ endpoint }) => {
      const answers = [Promise.reject(new Error('AccessDenied')), Promise.resolve('key')];
      const { client } = clientOf(endpoint, { secretKey: () => answers.shift() ?? Promise.reject() });
      expect((await failureOf(client.getTopics({ groupId: 'g' }))).message).toBe('AccessDenied');
      expect((await client.getTopics({ groupId: 'g' })).topics).toEqual([]);
    });
  });
});

describe('sleep', () => {
  it('ends after the time given', async () => {
    await expect(sleep(1)).resolves.toBeUndefined();
  });
});
