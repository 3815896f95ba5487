import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';

/** A queue and the client that reaches it. */
export interface Queue {
  readonly client: SQSClient;
  readonly url: string;
}

/** Entries of one batch call (docs.aws.amazon.com, SQS quotas). */
export const BATCH_SIZE = 10;

/** Batches under way at once: at about 10 ms a batch this queues a page of 10,000 communities in a second. */
const BATCHES_AT_ONCE = 10;

/** An entry that comes back in `Failed` is sent this often before the page fails. */
const ATTEMPTS = 5;

/** Messages that the queue would not take. */
export class SendError extends Error {
  override readonly name = 'SendError';
}

/**
 * Sends messages in tens and sends again what comes back in `Failed`: a batch that partly fails answers 200.
 * @throws {SendError} naming the queue's reason when an entry is refused as the sender's fault or too often
 */
export async function sendAll(queue: Queue, bodies: readonly string[]): Promise<void> {
  const limit = pLimit(BATCHES_AT_ONCE);
  const batches = Array.from({ length: Math.ceil(bodies.length / BATCH_SIZE) }, (_, index) =>
    bodies.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
  await Promise.all(batches.map((batch) => limit(() => sendBatch(queue, batch))));
}

/** Sends one message. @param delaySeconds whole seconds, 0 to 900, before it can be received */
export async function sendOne(queue: Queue, body: string, delaySeconds = 0): Promise<void> {
  await queue.client.send(
    new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body, DelaySeconds: delaySeconds }),
  );
}

async function sendBatch({ client, url }: Queue, bodies: readonly string[]): Promise<void> {
  let entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }),
    );
    if (Failed.length === 0) return;
    const [first] = Failed;
    if (attempt === ATTEMPTS || Failed.some(({ SenderFault }) => SenderFault)) {
      throw new SendError(
        `the queue refused ${Failed.length} messages: ${first?.Code} ${first?.Message ?? ''}`.trim(),
      );
    }
    const failed = new Set(Failed.map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => failed.has(Id));
    await sleep(Math.random() * 100 * 2 ** attempt);
  }
}
