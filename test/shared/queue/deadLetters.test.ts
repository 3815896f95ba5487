import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { deleteLetters, giveBack, takeLetters } from '../../../shared/queue/deadLetters.ts';
import { sendAll } from '../../../shared/queue/send.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';
import { useMemoryQueues } from '../../support/memoryQueue.ts';
import { openScriptedAws } from '../../support/scriptedAws.ts';

const queues = useMemoryQueues();
const bodies = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`);

async function filled(count: number) {
  const queue = queues.freshQueue();
  await sendAll(queue, bodies(count));
  return queue;
}

const bodiesOf = (letters: readonly { body: string }[]) => letters.map(({ body }) => body).sort();

describe('dead letters', () => {
  it('are all taken, however many batches they are, and stay in the queue', async () => {
    const queue = await filled(23);
    expect(bodiesOf(await takeLetters(queue))).toEqual(bodies(23).sort());
    expect(queues.bodies(queue)).toHaveLength(23);
  });

  it('are in nobody else’s hands until they are given back', async () => {
    const queue = await filled(12);
    const letters = await takeLetters(queue);
    expect(await takeLetters(queue)).toEqual([]);
    await giveBack(queue, letters);
    expect(bodiesOf(await takeLetters(queue))).toEqual(bodies(12).sort());
  });

  it('are deleted, those that are named and no others', async () => {
    const queue = await filled(13);
    const letters = await takeLetters(queue);
    const [kept, ...others] = letters;
    await deleteLetters(queue, others);
    expect(queues.bodies(queue)).toEqual([kept?.body]);
  });

  it('that the queue does not delete are an error', async () => {
    const aws = await openScriptedAws(() => ({ Failed: [{ Id: '0', Code: 'InternalError' }] }));
    const client = new SQSClient({ ...LOCAL_ACCOUNT, endpoint: aws.endpoint });
    const queue = { client, url: `${aws.endpoint}/1/queue` };
    await expect(deleteLetters(queue, [{ body: '', receiptHandle: 'a' }])).rejects.toThrow(
      'the queue did not delete 1 messages: InternalError',
    );
    client.destroy();
    await aws.close();
  });
});
