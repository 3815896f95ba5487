import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { invocationContext } from './invocation.ts';
import { createRoom, type Room } from './room.ts';

/** A function behind an SQS event source. */
export type BatchHandler = (event: SQSEvent, context: Context) => Promise<unknown>;

export interface PollerOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly handler: BatchHandler;
  /** Messages of one invocation, at most 10. */
  readonly batchSize: number;
  /** Most invocations under way at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  /** Told how many messages an invocation has finished and the queue has deleted. */
  onDone?(messages: number): void;
  /** Told of errors that are not one message's: the queue is out of reach, the function threw. */
  onError(error: Error): void;
}

export interface Poller {
  start(): void;
  /** Takes no more messages and waits for the invocations under way. */
  stop(): Promise<void>;
}

/** How long a poll waits for the first message. */
const POLL_SECONDS = 1;

/** The wait after a poll that failed. */
const AGAIN_MS = 500;

/**
 * Plays the part of Lambda's SQS event source: polls in batches, invokes the function, deletes what it has
 * finished and leaves what it names in `batchItemFailures`, or all of it when it throws, to the queue's
 * visibility timeout and dead letters. One poll at a time feeds all invocations: an idle queue is asked once a second,
 * however many there may be.
 */
export function createPoller(options: PollerOptions): Poller {
  const stopping = new AbortController();
  const room = createRoom(options.concurrency);
  let polling = Promise.resolve();
  return {
    start: () => {
      polling = pollUntil(stopping.signal, options, room);
    },
    stop: async () => {
      stopping.abort();
      await polling;
    },
  };
}

/** Polls until the signal aborts, then waits for the invocations under way. */
async function pollUntil(signal: AbortSignal, options: PollerOptions, room: Room): Promise<void> {
  const underWay = new Set<Promise<void>>();
  while (!signal.aborted) {
    if (underWay.size >= room.batches) {
      await Promise.race(underWay);
      continue;
    }
    const messages = await receive(signal, options);
    if (messages.length === 0) continue;
    const startedAt = Date.now();
    const invocation = invoke(options, messages).finally(() => {
      underWay.delete(invocation);
      room.ended(startedAt, Date.now());
    });
    underWay.add(invocation);
  }
  await Promise.all(underWay);
}

/** One batch of messages; none when there are none, when the queue is out of reach, or when the signal aborts first. */
async function receive(signal: AbortSignal, options: PollerOptions): Promise<readonly Message[]> {
  try {
    return await poll(signal, options);
  } catch (error) {
    options.onError(error as Error);
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    return [];
  }
}

/**
 * A poll is not aborted: the queue could answer it all the same, and its messages were out of sight until their
 * visibility timeout. It is waited for no longer, and what it still brings is given back.
 */
function poll(signal: AbortSignal, { sqs, queueUrl, batchSize }: PollerOptions): Promise<readonly Message[]> {
  return new Promise((resolve, reject) => {
    const answer = sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: batchSize,
        WaitTimeSeconds: POLL_SECONDS,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
      }),
    );
    const abandon = () => {
      resolve([]);
      // Should the queue be closed meanwhile, there is nothing to give back to.
      answer.then(({ Messages = [] }) => giveBack(sqs, queueUrl, Messages)).catch(() => {});
    };
    signal.addEventListener('abort', abandon, { once: true });
    answer
      .then(({ Messages = [] }) => resolve(Messages), reject)
      .finally(() => signal.removeEventListener('abort', abandon));
  });
}

/** Puts messages in sight again. */
async function giveBack(sqs: SQSClient, queueUrl: string, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const Entries = entriesOf(messages).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
}

/** Has the function work on a batch and deletes what it has finished. Never rejects. */
async function invoke(options: PollerOptions, messages: readonly Message[]): Promise<void> {
  const { sqs, queueUrl, handler, timeoutMs, onDone, onError } = options;
  try {
    const response = await handler(toEvent(messages), invocationContext(timeoutMs));
    const failed = failuresOf(response);
    const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
    if (done.length === 0) return;
    const { Failed = [] } = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(done) }),
    );
    onDone?.(done.length - Failed.length);
    const [first] = Failed;
    if (first) throw new Error(`the queue did not delete ${Failed.length} messages: ${first.Code}`);
  } catch (error) {
    onError(error as Error);
  }
}

function entriesOf(messages: readonly Message[]) {
  return messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
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
