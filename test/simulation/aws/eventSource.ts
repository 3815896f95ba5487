import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Surroundings } from './environment.ts';
import type { Ended, VirtualFunction } from './lambda.ts';
import type { VirtualMessage, VirtualQueue } from './virtualQueue.ts';

export interface EventSourceOptions {
  readonly batchSize: number;
  readonly maxConcurrency: number;
  /** Told of every message of an invocation. */
  onDelivered?(body: string): void;
}

/**
 * Lambda's SQS event source: delivers batches, deletes what was finished, leaves the rest to its visibility. A batch that
 * the account has no room for is tried again until it is visible once more (docs.aws.amazon.com, Lambda with SQS, error
 * handling).
 */
export function connect(
  queue: VirtualQueue,
  target: VirtualFunction,
  { batchSize, maxConcurrency, onDelivered = () => {} }: EventSourceOptions,
  around: Surroundings,
): void {
  const { time, draw } = around;
  let polling = false;
  let underWay = 0;
  const poll = () => {
    polling = false;
    while (underWay < maxConcurrency) {
      const batch = queue.receive(draw.chance(0.3) ? draw.int(1, batchSize) : batchSize);
      if (batch.length === 0) return;
      underWay += 1;
      for (const { body } of batch) onDelivered(body);
      void target.invoke(eventOf(batch), queue.options.visibilityMs).then((ended) => {
        underWay -= 1;
        settle(queue, batch, ended, around);
        pollSoon();
      });
    }
  };
  const pollSoon = () => {
    if (polling) return;
    polling = true;
    time.after(draw.int(5, 150), poll);
  };
  queue.onVisible = pollSoon;
}

function settle(
  queue: VirtualQueue,
  batch: readonly VirtualMessage[],
  ended: Ended,
  { weather }: Surroundings,
): void {
  if ('failed' in ended) return;
  const { batchItemFailures } = ended.value as SQSBatchResponse;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { id } of batch)
    if (!failed.has(id) && !(queue.repeats && weather.strikes('delete lost'))) queue.delete(id);
}

function eventOf(batch: readonly VirtualMessage[]): SQSEvent {
  return {
    Records: batch.map(({ id, body, receives, sentAt }) => ({
      messageId: id,
      receiptHandle: id,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentAt),
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: '',
      awsRegion: '',
    })),
  };
}
