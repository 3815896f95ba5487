import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { OUTPUTS } from '../../../shared/deployment.ts';
import { EVENT_SOURCE } from '../../../shared/events.ts';
import type { Aws, Deployed } from '../deployed.ts';

/** A queue of this program's own, and what has come to it. */
interface Listener {
  readonly arn: string;
  /** Everything that has come so far. */
  heard(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** An event on the bus, as a rule's target gets it. */
export interface BusEvent {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What the deployment tells the world, overheard as another system would. */
export interface Observers {
  events(): Promise<BusEvent[]>;
  /** Bodies of the messages to the summaries topic. */
  summaries(): Promise<string[]>;
  /** Bodies of the messages to the alarms topic. */
  alarms(): Promise<string[]>;
  /** Takes itself away again. */
  close(): Promise<void>;
}

const RULE = 'deploy-test';

/** Subscribes to everything that the deployment publishes. */
export async function startObservers({ aws, output }: Deployed): Promise<Observers> {
  const [events, summaries, alarms] = await Promise.all([
    listen(aws, 'heard-events'),
    listen(aws, 'heard-summaries'),
    listen(aws, 'heard-alarms'),
  ]);
  const bus = output(OUTPUTS.eventBus);
  await followBus(aws, bus, events.arn);
  const subscriptions = await Promise.all([
    subscribe(aws, output(OUTPUTS.summaryTopic), summaries.arn),
    subscribe(aws, output(OUTPUTS.alarmTopic), alarms.arn),
  ]);
  return {
    events: async () => (await events.heard()).map((body) => JSON.parse(body) as BusEvent),
    summaries: async () => [...(await summaries.heard())],
    alarms: async () => [...(await alarms.heard())],
    close: async () => {
      await aws.events.send(new RemoveTargetsCommand({ EventBusName: bus, Rule: RULE, Ids: ['queue'] }));
      await aws.events.send(new DeleteRuleCommand({ EventBusName: bus, Name: RULE }));
      for (const SubscriptionArn of subscriptions)
        await aws.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      for (const listener of [events, summaries, alarms]) await listener.close();
    },
  };
}

async function followBus(aws: Aws, bus: string, queueArn: string): Promise<void> {
  const pattern = JSON.stringify({ source: [EVENT_SOURCE] });
  await aws.events.send(new PutRuleCommand({ EventBusName: bus, Name: RULE, EventPattern: pattern }));
  const Targets = [{ Id: 'queue', Arn: queueArn }];
  await aws.events.send(new PutTargetsCommand({ EventBusName: bus, Rule: RULE, Targets }));
}

async function subscribe(aws: Aws, topicArn: string, queueArn: string): Promise<string> {
  const { SubscriptionArn = '' } = await aws.sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: { RawMessageDelivery: 'true' },
      ReturnSubscriptionArn: true,
    }),
  );
  return SubscriptionArn;
}

async function listen({ sqs }: Aws, name: string): Promise<Listener> {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
        Action: 'sqs:SendMessage',
        Resource: '*',
      },
    ],
  });
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }),
  );
  const attributes = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const { Attributes = {} } = await sqs.send(attributes);
  const heard: string[] = [];
  return {
    arn: Attributes['QueueArn'] ?? '',
    heard: async () => {
      for (let bodies = await take(sqs, QueueUrl); bodies.length > 0; bodies = await take(sqs, QueueUrl))
        heard.push(...bodies);
      return heard;
    },
    close: async () => void (await sqs.send(new DeleteQueueCommand({ QueueUrl }))),
  };
}

async function take(sqs: Aws['sqs'], QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  if (Messages.length === 0) return [];
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return Messages.map(({ Body = '' }) => Body);
}
