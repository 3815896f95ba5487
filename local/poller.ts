import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageResult,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { Consumer } from 'sqs-consumer';
import { invocationContext } from './invocation.ts';

/** A function behind an SQS event source. */
export type BatchHandler = (event: SQSEvent, context: Context) => Promise<unknown>;

export interface PollerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly handler: BatchHandler;
  /** Messages of one invocation, at most 10. */
  readonly batchSize: number;
  /** Invocations under way at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Told how many messages an invocation has finished, failed ones aside. */
  onDone?(messages: number): void;
  /** Told of errors that are not one message's: the queue is out of reach, the function threw. */
  onError(error: Error): void;
}

export interface Poller {
  start(): void;
  /** Takes no more messages and waits for the invocations under way. */
  stop(): Promise<void>;
}

/**
 * Plays the part of Lambda's SQS event source: polls in batches, invokes the function, deletes what it has
 * finished and leaves what it names in `batchItemFailures`, or all of it when it throws, to the queue's
 * visibility timeout and dead letters.
 */
export function createPoller(options: PollerOptions): Poller {
  const { sqs, abandonPolls } = withAbandonablePolls(options);
  const consumers = Array.from({ length: options.concurrency }, () => createConsumer({ ...options, sqs }));
  return {
    start: () => {
      for (const consumer of consumers) consumer.start();
    },
    stop: async () => {
      for (const consumer of consumers) consumer.stop();
      abandonPolls();
      await Promise.all(consumers.map(idle));
    },
  };
}

function createConsumer({
  sqs,
  queueUrl,
  handler,
  batchSize,
  timeoutMs,
  onDone,
  onError,
}: PollerOptions): Consumer {
  const consumer = Consumer.create({
    sqs,
    queueUrl,
    batchSize,
    waitTimeSeconds: 1,
    messageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    suppressFifoWarning: true,
    handleMessageBatch: async (messages) => {
      const response = await handler(toEvent(messages), invocationContext(timeoutMs));
      const failed = failuresOf(response);
      const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
      onDone?.(done.length);
      return done;
    },
  });
  consumer.on('error', (error) => onError(error));
  consumer.on('processing_error', (error) => onError(error));
  consumer.on('timeout_error', (error) => onError(error));
  return consumer;
}

/**
 * The same queue, and a way to wait for its polls no longer. A poll is not aborted: the queue could answer it all
 * the same, and its messages were out of sight until their visibility timeout.
 */
function withAbandonablePolls({ sqs, queueUrl }: PollerOptions): { sqs: SQSClient; abandonPolls(): void } {
  // One entry a poll under way, gone with it: a single promise of the end would keep every answer until then.
  const underWay = new Set<() => void>();
  const giveBack = async ({ Messages = [] }: ReceiveMessageResult) => {
    if (Messages.length === 0) return;
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({
      Id: MessageId,
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  };
  const poll = (answer: Promise<ReceiveMessageResult>) =>
    new Promise<ReceiveMessageResult>((resolve, reject) => {
      const abandon = () => {
        resolve({});
        // Should the queue be closed meanwhile, there is nothing to give back to.
        answer.then(giveBack).catch(() => {});
      };
      underWay.add(abandon);
      answer.then(resolve, reject).finally(() => underWay.delete(abandon));
    });
  const send = (command: Parameters<SQSClient['send']>[0], options: object) =>
    command instanceof ReceiveMessageCommand ? poll(sqs.send(command, options)) : sqs.send(command, options);
  return {
    // Sending is all that the consumer does with it.
    sqs: { send } as unknown as SQSClient,
    abandonPolls: () => {
      for (const abandon of underWay) abandon();
    },
  };
}

/** How soon to look again whether an invocation has ended and its messages are deleted. */
const LOOK_AGAIN_MS = 10;

async function idle(consumer: Consumer): Promise<void> {
  while (consumer.status.isPolling) await sleep(LOOK_AGAIN_MS);
}

function failuresOf(response: unknown): Set<string | undefined> {
  const { batchItemFailures } = response as SQSBatchResponse;
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}

function toEvent(messages: readonly Message[]): SQSEvent {
  return { Records: messages.map(toRecord) };
}

function toRecord({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '1',
      SentTimestamp: Attributes.SentTimestamp ?? '',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  };
}
