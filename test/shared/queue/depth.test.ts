import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { depthOf } from '../../../shared/queue/depth.ts';
import { sendAll, sendOne } from '../../../shared/queue/send.ts';
import { useMemoryQueues } from '../../support/memoryQueue.ts';

const queues = useMemoryQueues();

describe('the depth of a queue', () => {
  it('is 0 when it is empty', async () => {
    expect(await depthOf(queues.freshQueue())).toBe(0);
  });

  it('counts what waits, what is under way and what is delayed, until it is deleted', async () => {
    const queue = queues.freshQueue();
    const { client, url: QueueUrl } = queue;
    await sendAll(queue, ['a', 'b', 'c']);
    await sendOne(queue, 'd', 900);
    expect(await depthOf(queue)).toBe(4);
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2 }),
    );
    expect(Messages).toHaveLength(2);
    expect(await depthOf(queue)).toBe(4);
    for (const { ReceiptHandle } of Messages)
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    expect(await depthOf(queue)).toBe(2);
  });
});
