import { SQSClient } from '@aws-sdk/client-sqs';
import { forManyCalls } from '../../shared/busyClient.ts';
import { type Environment, readQueues } from '../../shared/config.ts';
import type { Queue } from '../../shared/queue/send.ts';

/** The queues of an app, for the functions that send to them: a consumer needs none of this. */
export interface QueueParts {
  readonly communitiesQueue: Queue;
  readonly closingQueue: Queue;
}

/** @throws {ConfigError} naming the variable that is missing */
export function queuePartsFrom(env: Environment, { sqs }: { readonly sqs?: SQSClient } = {}): QueueParts {
  const { communitiesQueueUrl, closingQueueUrl } = readQueues(env);
  const client = sqs ?? forManyCalls(new SQSClient({}));
  return {
    communitiesQueue: { client, url: communitiesQueueUrl },
    closingQueue: { client, url: closingQueueUrl },
  };
}
