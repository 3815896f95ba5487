import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Environment, latency, type Surroundings } from './environment.ts';
import { PassingError, retried } from './retried.ts';
import type { VirtualQueue } from './virtualQueue.ts';

/** An SQSClient of one environment: latencies, refused entries, lost answers and the SDK's own retries. */
export function createQueueClient(
  queues: readonly VirtualQueue[],
  around: Surroundings,
  environment: Environment,
): SQSClient {
  const send = (command: { readonly input: { readonly QueueUrl?: string | undefined } }) => {
    const queue = queues.find(({ options }) => options.name === command.input.QueueUrl);
    if (!queue) throw new Error(`there is no queue ${command.input.QueueUrl}`);
    const what = `${command.constructor.name} to ${queue.options.name}`;
    return environment.effect(what, () => retried(around, () => attempt(queue, around, command)));
  };
  // Sending is all that the product does with it.
  return { send } as unknown as SQSClient;
}

async function attempt(queue: VirtualQueue, around: Surroundings, command: object): Promise<object> {
  const { time, weather, draw } = around;
  await time.wait(latency(draw, 8));
  if (weather.strikes('send error') || weather.isIn('queue down'))
    throw new PassingError('ServiceUnavailable');
  const answer = execute(queue, around, command);
  if (queue.repeats && weather.strikes('send answer lost')) {
    await time.wait(3000);
    throw new PassingError('TimeoutError');
  }
  return answer;
}

function execute(queue: VirtualQueue, around: Surroundings, command: object): object {
  if (command instanceof SendMessageCommand) {
    const { MessageBody = '', DelaySeconds = 0 } = command.input;
    queue.send(MessageBody, DelaySeconds * 1000);
    return {};
  }
  if (command instanceof SendMessageBatchCommand) return sendBatch(queue, around, command.input);
  if (command instanceof GetQueueAttributesCommand) {
    const count = String(queue.countedDepth());
    return { Attributes: { ApproximateNumberOfMessages: count } };
  }
  throw new Error(`not taught: ${command.constructor.name}`);
}

function sendBatch(
  queue: VirtualQueue,
  { weather, draw }: Surroundings,
  { Entries = [] }: SendMessageBatchCommand['input'],
): object {
  if (Entries.length === 0 || Entries.length > 10) throw new Error(`a batch of ${Entries.length} messages`);
  const fails = weather.strikes('send entries failed');
  const failed = new Set(Entries.filter(() => fails && draw.chance(0.5)).map(({ Id }) => Id));
  for (const { Id, MessageBody = '' } of Entries) if (!failed.has(Id)) queue.send(MessageBody, 0);
  return { Failed: [...failed].map((Id) => ({ Id, Code: 'InternalError', SenderFault: false })) };
}
