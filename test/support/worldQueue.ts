import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import type { Queue } from '../../shared/queue/send.ts';

/** Takes every visible message out of a queue. @returns their bodies, in no order */
export async function drain({ client, url }: Queue): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const received = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    const messages: Message[] = received.Messages ?? [];
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map(({ Body = '' }) => Body));
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  }
}

/** Has some entries of each batch come back in `Failed`, unsent, in an answer that is 200 all the same. */
export function failEntries(
  { client }: Queue,
  isFailing: (entry: SendMessageBatchRequestEntry, batch: number) => boolean,
  SenderFault = false,
): { batches: number[]; stop(): void } {
  const batches: number[] = [];
  const name = `fail-entries-${Math.random()}`;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'SendMessageBatchCommand') return next(args);
      const input = args.input as unknown as { Entries: SendMessageBatchRequestEntry[] };
      const batch = batches.push(input.Entries.length) - 1;
      const failing = input.Entries.filter((entry) => isFailing(entry, batch));
      const sent = input.Entries.filter((entry) => !failing.includes(entry));
      const Failed = failing.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault }));
      if (sent.length === 0) return { output: { $metadata: {}, Successful: [], Failed }, response: {} };
      const answer = await next({ ...args, input: { ...input, Entries: sent } as never });
      return { ...answer, output: { ...answer.output, Failed } };
    },
    { step: 'initialize', name },
  );
  return { batches, stop: () => void client.middlewareStack.remove(name) };
}
