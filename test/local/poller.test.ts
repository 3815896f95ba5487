import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { createPoller, type Poller, type PollerOptions } from '../../local/poller.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import { CREDENTIALS, REGION } from '../support/world.ts';

const ALL_DONE: SQSBatchResponse = { batchItemFailures: [] };

let server: FauxqsServer;
let sqs: SQSClient;
let queues = 0;
const pollers: Poller[] = [];

beforeAll(async () => {
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: REGION,
    credentials: CREDENTIALS,
  });
});

afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
});

afterAll(async () => {
  sqs.destroy();
  await server.stop();
});

describe('the poller', () => {
  it('invokes the function with records as the platform makes them', async () => {
    const url = await queueWith(['one']);
    const { events } = poll(url);
    await until(() => events.length > 0);
    expect(events[0]?.Records).toEqual([
      expect.objectContaining({
        messageId: expect.stringMatching(/.{36}/),
        receiptHandle: expect.stringMatching(/./),
        body: 'one',
        eventSource: 'aws:sqs',
        attributes: expect.objectContaining({
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d+$/),
        }),
      }),
    ]);
  });

  it.each([1, 4, 10])('fills batches up to %i messages, never more', async (batchSize) => {
    const url = await queueWith(Array.from({ length: 20 }, (_, index) => `m${index}`));
    const { events } = poll(url, { batchSize });
    await until(() => bodies(events).length === 20);
    expect(Math.max(...events.map(({ Records }) => Records.length))).toBe(batchSize);
  });

  it('has as many invocations under way as it may, and no more', async () => {
    const url = await queueWith(Array.from({ length: 12 }, (_, index) => `m${index}`));
    let underWay = 0;
    let most = 0;
    const { events } = poll(url, {
      batchSize: 1,
      concurrency: 3,
      handler: async () => {
        most = Math.max(most, ++underWay);
        await wait(20);
        underWay -= 1;
        return ALL_DONE;
      },
    });
    await until(() => events.length === 12);
    expect(most).toBe(3);
  });

  it('asks an idle queue once a second, however many invocations it may have', async () => {
    const url = await queueWith([]);
    let polls = 0;
    sqs.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === 'ReceiveMessageCommand') polls += 1;
          return next(args);
        },
      { step: 'initialize', name: 'counting' },
    );
    poll(url, { concurrency: 40 });
    await wait(1_300);
    sqs.middlewareStack.remove('counting');
    expect(polls).toBe(2);
  });

  it('deletes what is done and says how many that were', async () => {
    const url = await queueWith(['one', 'two', 'three']);
    let done = 0;
    poll(url, { onDone: (messages) => (done += messages) });
    await until(() => done === 3);
    await until(async () => (await depth(url)) === 0);
  });

  it('leaves a record that failed to the visibility timeout, and deletes the others of its batch', async () => {
    const url = await queueWith(['good', 'bad', 'fine'], { VisibilityTimeout: '1' });
    let done = 0;
    const { events } = poll(url, {
      onDone: (messages) => (done += messages),
      handler: async (event) =>
        failing(
          event,
          ({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1',
        ),
    });
    await until(() => bodies(events).length === 3);
    expect(await depth(url)).toBe(1);
    const failedAt = performance.now();
    await until(() => bodies(events).length === 4);
    expect(performance.now() - failedAt).toBeGreaterThan(700);
    expect(bodies(events).at(-1)).toBe('bad');
    expect(events.at(-1)?.Records[0]?.attributes.ApproximateReceiveCount).toBe('2');
    await until(() => done === 3);
    await until(async () => (await depth(url)) === 0);
  });

  it('fails the whole batch when the function throws, and says so', async () => {
    const url = await queueWith(['one', 'two'], { VisibilityTimeout: '1' });
    const errors: Error[] = [];
    let fails = true;
    const { events } = poll(url, {
      onError: (error) => errors.push(error),
      handler: async () => {
        if (!fails) return ALL_DONE;
        throw new Error('the table is out of reach');
      },
    });
    await until(() => bodies(events).length === 2);
    await until(() => errors.length > 0);
    fails = false;
    expect(errors[0]?.message).toContain('the table is out of reach');
    expect(await depth(url)).toBe(2);
    await until(() => bodies(events).length === 4);
    await until(async () => (await depth(url)) === 0);
  });

  it('leaves a record that keeps failing to the dead letters after the receive limit', async () => {
    const dead = await queueWith([]);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
    );
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: Attributes?.['QueueArn'],
      maxReceiveCount: 2,
    });
    const url = await queueWith(['poison', 'good'], { VisibilityTimeout: '1', RedrivePolicy });
    const { events } = poll(url, {
      handler: async (event) => failing(event, ({ body }) => body === 'poison'),
    });
    await until(async () => (await depth(dead)) === 1);
    expect(bodies(events).filter((body) => body === 'poison')).toHaveLength(2);
    expect(bodies(events).filter((body) => body === 'good')).toHaveLength(1);
    expect(await depth(url)).toBe(0);
  });

  it('goes on after the queue was out of reach for a moment, and says so', async () => {
    const url = await queueWith(['one']);
    const errors: Error[] = [];
    let isBroken = true;
    sqs.middlewareStack.add(
      (next, context) => (args) => {
        if (isBroken && context.commandName === 'ReceiveMessageCommand') throw new Error('no queue today');
        return next(args);
      },
      { step: 'initialize', name: 'broken' },
    );
    const { events } = poll(url, { onError: (error) => errors.push(error) });
    await until(() => errors.length > 0);
    isBroken = false;
    await until(() => events.length === 1);
    sqs.middlewareStack.remove('broken');
    expect(errors[0]?.message).toContain('no queue today');
  });
});

describe('stopping', () => {
  it('takes no time while nothing is under way', async () => {
    const url = await queueWith([]);
    const errors: Error[] = [];
    const { poller } = poll(url, { concurrency: 5, onError: (error) => errors.push(error) });
    await wait(100);
    const startedAt = performance.now();
    await poller.stop();
    expect(performance.now() - startedAt).toBeLessThan(200);
    expect(errors).toEqual([]);
  });

  it('waits for the invocations under way and has what they finished deleted', async () => {
    const url = await queueWith(['slow'], { VisibilityTimeout: '1' });
    let ended = false;
    const { events, poller } = poll(url, {
      handler: async () => {
        await wait(300);
        ended = true;
        return ALL_DONE;
      },
    });
    await until(() => events.length === 1);
    await poller.stop();
    expect(ended).toBe(true);
    expect(await depth(url)).toBe(0);
  });

  it('takes no more messages', async () => {
    const url = await queueWith([]);
    const { events, poller } = poll(url);
    await poller.stop();
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'late' }));
    await wait(100);
    expect(events).toEqual([]);
    expect(await depth(url)).toBe(1);
  });

  it('hands messages on that a poll still brings to nobody', async () => {
    const url = await queueWith([]);
    const { events: none, poller } = poll(url);
    await wait(100);
    await poller.stop();
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'for the next' }));
    await wait(100);
    const { events } = poll(url);
    await until(() => events.length === 1);
    expect(none).toEqual([]);
    expect(bodies(events)).toEqual(['for the next']);
  });

  it('a second time, or before the start, is harmless', async () => {
    const { poller } = poll(await queueWith([]));
    await Promise.all([poller.stop(), poller.stop()]);
    await poller.stop();
  });
});

type Handler = (event: SQSEvent) => Promise<unknown>;

function poll(
  queueUrl: string,
  options: Partial<Omit<PollerOptions, 'handler'>> & { handler?: Handler } = {},
) {
  const events: SQSEvent[] = [];
  const poller = createPoller({
    sqs,
    queueUrl,
    batchSize: 10,
    concurrency: 1,
    timeoutMs: 5_000,
    onError: () => {},
    ...options,
    handler: async (event) => {
      events.push(event);
      return (await options.handler?.(event)) ?? ALL_DONE;
    },
  });
  poller.start();
  pollers.push(poller);
  return { events, poller };
}

async function queueWith(
  messages: readonly string[],
  Attributes: Record<string, string> = {},
): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${++queues}`, Attributes }));
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages
      .slice(from, from + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  return QueueUrl as string;
}

function failing(
  event: SQSEvent,
  isFailing: (record: SQSEvent['Records'][number]) => boolean,
): SQSBatchResponse {
  return {
    batchItemFailures: event.Records.filter(isFailing).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  };
}

function bodies(events: readonly SQSEvent[]): string[] {
  return events.flatMap(({ Records }) => Records.map(({ body }) => body));
}

function depth(url: string): Promise<number> {
  return depthOf({ client: sqs, url });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10);
}
