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

/** Takes every message of a queue out of sight, and leaves it there. */
export async function takeLetters({ client, url }: Queue): Promise<Letter[]> {
  const letters = new Map<string, Letter>();
  for (let empty = 0; empty < EMPTY_ANSWERS; ) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: BATCH_SIZE,
        VisibilityTimeout: HIDDEN_SECONDS,
        // A long poll asks all of the queue's servers (docs.aws.amazon.com, SQS short and long polling).
        WaitTimeSeconds: 1,
      }),
    );
    // A message that comes twice was taken so long ago that it is in sight again: all of them are read.
    const isRound = Messages.some(({ MessageId = '' }) => letters.has(MessageId));
    for (const message of Messages) letters.set(message.MessageId ?? '', letterOf(message));
    if (isRound) break;
    empty = Messages.length === 0 ? empty + 1 : 0;
  }
  return [...letters.values()];
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
