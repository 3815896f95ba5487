import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from '@jest/globals';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import type { Queue } from '../../shared/queue/send.ts';
import { LOCAL_ACCOUNT } from './localAccount.ts';

/** A queue server in memory, for the tests of one file. */
export interface MemoryQueues {
  /** An empty queue with a name of its own. */
  freshQueue(): Queue;
  /** The bodies of all that a queue holds, whatever their state. */
  bodies(queue: Queue): string[];
}

/** Serves queues while a file's tests run. */
export function useMemoryQueues(): MemoryQueues {
  let server: FauxqsServer;
  let client: SQSClient;
  let queues = 0;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    client = withoutWaits(new SQSClient({ ...LOCAL_ACCOUNT, endpoint: `http://127.0.0.1:${server.port}` }));
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  return {
    freshQueue: () => {
      const { queueName } = server.createQueue(`queue-${++queues}`);
      return { client, url: `http://127.0.0.1:${server.port}/000000000000/${queueName}` };
    },
    bodies: ({ url }) => {
      const held = server.inspectQueue(url.slice(url.lastIndexOf('/') + 1))?.messages;
      if (!held) throw new Error(`there is no queue ${url}`);
      const messages = [...held.ready, ...held.delayed, ...held.inflight.map(({ message }) => message)];
      return messages.map(({ body }) => body);
    },
  };
}

/** The queue has one server: that it has no message is true at once, and no long poll need ask the others. */
function withoutWaits(client: SQSClient): SQSClient {
  client.middlewareStack.add(
    (next) => (args) =>
      'WaitTimeSeconds' in args.input
        ? next({ ...args, input: { ...args.input, WaitTimeSeconds: 0 } })
        : next(args),
    { step: 'initialize', name: 'withoutWaits' },
  );
  return client;
}
