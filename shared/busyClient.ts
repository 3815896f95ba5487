import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';

/** What this needs to know of an AWS client. */
interface Client {
  readonly config: { cacheMiddleware?: boolean };
  readonly middlewareStack: { remove(step: string): boolean };
}

/**
 * Prepares an AWS client for a million commands a night: their steps are put together once, not for each command, and
 * the step that copies what is sent and answered for a log, which nobody keeps, is left out. A PutItem of a topic then
 * costs a fifth less CPU. Steps that are added after the client's first command do not count.
 */
export function forManyCalls<C extends Client>(client: C): C {
  client.config.cacheMiddleware = true;
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** What this needs to know of an AWS client that sends. */
interface Sending {
  send: unknown;
}

/**
 * Has an AWS client send so many requests at once at most; the others wait here, where no limit of the SDK's counts the
 * time: its connection timeout counts the time that a request waits for a socket.
 */
export function inTurns<C extends Sending>(client: C, atOnce: number): C {
  const limit = pLimit(atOnce);
  const send = (client.send as (...command: unknown[]) => Promise<unknown>).bind(client);
  client.send = (...command: unknown[]) => limit(send, ...command);
  return client;
}

/** What this needs to know of an AWS client's retries. */
interface Retrying {
  readonly config: { retryStrategy: () => Promise<RetryStrategy> };
}

type RetryStrategy = Awaited<ReturnType<DynamoDBClient['config']['retryStrategy']>>;

/**
 * Has an AWS client throw at once when a request is throttled; what else may pass is repeated as ever. For whoever repeats
 * throttled requests for longer, and for all requests of a process together: the SDK waits for seconds, twice at most,
 * and knows no deadline.
 */
export function withoutThrottleRetries<C extends Retrying>(client: C): C {
  const { retryStrategy } = client.config;
  client.config.retryStrategy = async () => impatient(await retryStrategy());
  return client;
}

/** The strategy, but for throttled requests. Of an error that gets no token the SDK throws the error itself. */
function impatient(strategy: RetryStrategy): RetryStrategy {
  if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    recordSuccess: (token) => strategy.recordSuccess(token),
    refreshRetryTokenForRetry: async (token, failed) => {
      if (failed.errorType === 'THROTTLING') throw new Error('a throttled request is not repeated here');
      return strategy.refreshRetryTokenForRetry(token, failed);
    },
  };
}
