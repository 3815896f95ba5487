import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { deleteLetters, giveBack, type Letter, takePortions } from '../../../shared/queue/deadLetters.ts';
import { type Queue, sendAll } from '../../../shared/queue/send.ts';
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

const taken = async (queue: Queue): Promise<Letter[]> => (await Array.fromAsync(takePortions(queue))).flat();
const bodiesOf = (letters: readonly { body: string }[]) => letters.map(({ body }) => body).sort();

describe('dead letters', () => {
  it('are all taken, however many batches they are, and stay in the queue', async () => {
    const queue = await filled(23);
    expect(bodiesOf(await taken(queue))).toEqual(bodies(23).sort());
    expect(queues.bodies(queue)).toHaveLength(23);
  });

  it('are taken a portion at a time, the next once that is dealt with', async () => {
    const queue = await filled(47);
    const seen: string[][] = [];
    for await (const letters of takePortions(queue, 20)) {
      seen.push(bodiesOf(letters));
      // No more than this portion is out of sight.
      expect(queues.bodies(queue)).toHaveLength(47 - 20 * (seen.length - 1));
      await deleteLetters(queue, letters);
    }
    expect(seen.map(({ length }) => length)).toEqual([20, 20, 7]);
    expect(seen.flat().sort()).toEqual(bodies(47).sort());
  });

  it('that are left, and come in sight again meanwhile, are taken once', async () => {
    const queue = await filled(30);
    const seen: string[] = [];
    for await (const letters of takePortions(queue, 10)) {
      seen.push(...bodiesOf(letters));
      await giveBack(queue, letters);
    }
    expect(seen.sort()).toEqual(bodies(30).sort());
  });

  it('are in nobody else’s hands until they are given back', async () => {
    const queue = await filled(12);
    const letters = await taken(queue);
    expect(await taken(queue)).toEqual([]);
    await giveBack(queue, letters);
    expect(bodiesOf(await taken(queue))).toEqual(bodies(12).sort());
  });

  it('are deleted, those that are named and no others', async () => {
    const queue = await filled(13);
    const letters = await taken(queue);
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
