import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { BATCH_SIZE, type Queue, SendError } from './send.ts';

/** A message that nobody could work off, taken out of sight until it is deleted or given back. */
export interface Letter {
  readonly body: string;
  readonly receiptHandle: string;
}

/** Seconds that the letters stay out of sight: of one who is killed they are back by then. */
export const HIDDEN_SECONDS = 120;

/** Answers without a message in a row after which a queue counts as read: one asks only some of its servers. */
const EMPTY_ANSWERS = 2;

/** Letters of a portion: what is done with them is done long before the first is in sight again. */
export const PORTION = 1000;

/**
 * Takes the messages of a queue out of sight, and leaves them there: a portion, and the next once that is dealt with. A
 * message that was left, and has come in sight again meanwhile, is not taken for another one.
 */
export async function* takePortions(queue: Queue, size = PORTION): AsyncGenerator<Letter[]> {
  const known = new Set<string>();
  let portion: Letter[] = [];
  // Nothing but known ones, a portion of them: those that were left come round, and all others have been read.
  for (let [empty, again] = [0, 0]; empty < EMPTY_ANSWERS && again < size; ) {
    const messages = await receive(queue);
    const fresh = messages.filter(({ MessageId = '' }) => !known.has(MessageId));
    for (const { MessageId = '' } of fresh) known.add(MessageId);
    portion.push(...fresh.map(letterOf));
    empty = messages.length === 0 ? empty + 1 : 0;
    again = fresh.length === 0 ? again + messages.length : 0;
    if (portion.length < size) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

async function receive({ client, url }: Queue): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: BATCH_SIZE,
      VisibilityTimeout: HIDDEN_SECONDS,
      // A long poll asks all of the queue's servers (docs.aws.amazon.com, SQS short and long polling).
      WaitTimeSeconds: 1,
    }),
  );
  return Messages;
}

function letterOf({ Body = '', ReceiptHandle = '' }: Message): Letter {
  return { body: Body, receiptHandle: ReceiptHandle };
}

/** Deletes letters. @throws {SendError} when the queue keeps some of them */
export async function deleteLetters({ client, url }: Queue, letters: readonly Letter[]): Promise<void> {
  for (const Entries of batchesOf(letters)) {
    const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    const [first] = Failed;
    if (first) throw new SendError(`the queue did not delete ${Failed.length} messages: ${first.Code}`);
  }
}

/** Puts letters in sight again at once. One that is not, is by itself after {@link HIDDEN_SECONDS}. */
export async function giveBack({ client, url }: Queue, letters: readonly Letter[]): Promise<void> {
  for (const batch of batchesOf(letters)) {
    const Entries = batch.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
  }
}

function* batchesOf(letters: readonly Letter[]) {
  for (let from = 0; from < letters.length; from += BATCH_SIZE) {
    const batch = letters.slice(from, from + BATCH_SIZE);
    yield batch.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
  }
}
