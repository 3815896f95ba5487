import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Surroundings } from './environment.ts';
import type { Ended, VirtualFunction } from './lambda.ts';
import type { VirtualMessage, VirtualQueue } from './virtualQueue.ts';

export interface EventSourceOptions {
  readonly batchSize: number;
  readonly maxConcurrency: number;
}

/** Lambda's SQS event source: delivers batches, deletes what was finished, leaves the rest to its visibility. */
export function connect(
  queue: VirtualQueue,
  target: VirtualFunction,
  { batchSize, maxConcurrency }: EventSourceOptions,
  around: Surroundings,
): void {
  const { time, draw } = around;
  let polling = false;
  const poll = () => {
    polling = false;
    while (target.running < maxConcurrency) {
      const batch = queue.receive(draw.chance(0.3) ? draw.int(1, batchSize) : batchSize);
      if (batch.length === 0) return;
      void target.invoke(eventOf(batch)).then((ended) => {
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
