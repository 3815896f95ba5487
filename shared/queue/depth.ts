import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Queue } from './send.ts';

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Messages waiting, under way and delayed. SQS counts approximately: a single 0 is a hint, not a proof. */
export async function depthOf({ client, url }: Queue): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...COUNTS] }),
  );
  return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
