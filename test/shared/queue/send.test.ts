import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Queue, SendError, sendAll, sendOne } from '../../../shared/queue/send.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';
import { useMemoryQueues } from '../../support/memoryQueue.ts';
import { openScriptedAws, type ScriptedAws, type SeenCall } from '../../support/scriptedAws.ts';

const queues = useMemoryQueues();
const bodies = (count: number) => Array.from({ length: count }, (_, nth) => `message ${nth}`);

describe('sending many messages', () => {
  it.each([0, 1, 10, 23, 250])('queues each of %i once', async (count) => {
    const queue = queues.freshQueue();
    await sendAll(queue, bodies(count));
    expect(queues.bodies(queue).sort()).toEqual(bodies(count).sort());
  });

  it('fails when the queue is not there', async () => {
    const { client, url } = queues.freshQueue();
    await expect(sendAll({ client, url: `${url}-elsewhere` }, bodies(1))).rejects.toThrow();
  });
});

describe('sending one message', () => {
  it('queues it, to be received after the delay', async () => {
    const queue = queues.freshQueue();
    await sendOne(queue, 'now');
    await sendOne(queue, 'later', 900);
    expect(queues.bodies(queue)).toEqual(['now', 'later']);
  });
});

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const entriesOf = ({ input }: SeenCall) => input['Entries'] as Entry[];

describe('a queue that refuses some of a batch', () => {
  let server: ScriptedAws | undefined;
  afterEach(async () => {
    jest.restoreAllMocks();
    await server?.close();
  });

  /** A queue that fails the entries that `failing` picks, and a sender that waits no time before it tries again. */
  async function refusing(failing: (entries: Entry[], nth: number) => Entry[], reason = {}): Promise<Queue> {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    server = await openScriptedAws((call, nth) => {
      const failed = failing(entriesOf(call), nth).map(({ Id }) => Id);
      const Failed = failed.map((Id) => ({
        Id,
        Code: 'InternalError',
        Message: 'try again',
        SenderFault: false,
        ...reason,
      }));
      const Successful = entriesOf(call)
        .filter(({ Id }) => !failed.includes(Id))
        .map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) }));
      return { Failed, Successful };
    });
    return {
      client: new SQSClient({ ...LOCAL_ACCOUNT, endpoint: server.endpoint }),
      url: `${server.endpoint}/1/q`,
    };
  }
  const sent = () => server?.seen.map((call) => entriesOf(call).map(({ MessageBody }) => MessageBody));

  it('is sent the failed ones again, and only those', async () => {
    const queue = await refusing((entries, nth) =>
      nth === 1 ? entries.slice(3, 5) : nth === 2 ? entries.slice(0, 1) : [],
    );
    await sendAll(queue, bodies(8));
    expect(sent()).toEqual([bodies(8), ['message 3', 'message 4'], ['message 3']]);
  });

  it('fails the sender after five tries, who is told why', async () => {
    const queue = await refusing((entries) => entries.slice(0, 2));
    const sending = sendAll(queue, bodies(5));
    await expect(sending).rejects.toThrow(
      new SendError('the queue refused 2 messages: InternalError try again'),
    );
    await expect(sending).rejects.toBeInstanceOf(SendError);
    expect(sent()).toHaveLength(5);
  });

  it('is not asked again when the sender is at fault', async () => {
    const reason = { Code: 'InvalidMessageContents', Message: undefined, SenderFault: true };
    const queue = await refusing((entries) => entries.slice(0, 1), reason);
    await expect(sendAll(queue, bodies(5))).rejects.toThrow(
      'the queue refused 1 messages: InvalidMessageContents',
    );
    expect(sent()).toHaveLength(1);
  });
});
