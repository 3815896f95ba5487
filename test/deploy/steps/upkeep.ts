import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { APP_OUTPUTS, appOutput } from '../../../shared/deployment.ts';
import type { Aws, Deployed } from '../deployed.ts';
import type { TestApp } from '../simulated.ts';
import { expectThat } from '../steps.ts';
import { waitFor } from '../wait.ts';

/** Puts the app's right key into its secret, as one does after a change in the console. */
export async function rotateSecret({ secrets }: Aws, { secretId, secretKey }: TestApp): Promise<void> {
  await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: secretKey }));
}

/**
 * Sends a message that nobody can read, and waits for it among the dead letters. The queue's visibility timeout is
 * made a second meanwhile: five deliveries would otherwise take half an hour.
 */
export async function expectDeadLetter(
  { aws: { sqs }, output }: Deployed,
  { sdkAppId }: TestApp,
): Promise<void> {
  const QueueUrl = output(appOutput(sdkAppId, APP_OUTPUTS.communitiesQueue));
  const dead = output(appOutput(sdkAppId, APP_OUTPUTS.deadLetterQueue));
  const names = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] });
  const { VisibilityTimeout: usual = '' } = (await sqs.send(names)).Attributes ?? {};
  const setVisibility = (seconds: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: seconds } }));
  const MessageBody = 'not a message of this project';
  await setVisibility('1');
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await waitFor(
      'the unreadable message among the dead letters',
      { timeoutMs: 45_000, everyMs: 1000 },
      async () => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: dead, VisibilityTimeout: 0 }),
        );
        return Messages.some(({ Body }) => Body === MessageBody) || undefined;
      },
    );
  } finally {
    await setVisibility(usual);
  }
}

/** Expects that nothing of the stack is left: this stage keeps nothing. */
export async function expectNothingLeft({ aws, resourcesOf }: Deployed): Promise<void> {
  const { Functions = [] } = await aws.lambda.send(new ListFunctionsCommand({}));
  const { TableNames = [] } = await aws.dynamodb.send(new ListTablesCommand({}));
  const { QueueUrls = [] } = await aws.sqs.send(new ListQueuesCommand({}));
  const { Topics = [] } = await aws.sns.send(new ListTopicsCommand({}));
  const { logGroups = [] } = await aws.logs.send(new DescribeLogGroupsCommand({}));
  const ours = new Set(resourcesOf('AWS::Logs::LogGroup'));
  const left = [
    ...Functions.map(({ FunctionName = '' }) => `function ${FunctionName}`),
    ...TableNames.map((name) => `table ${name}`),
    ...QueueUrls.map((url) => `queue ${url}`),
    ...Topics.map(({ TopicArn = '' }) => `topic ${TopicArn}`),
    ...logGroups
      .filter(({ logGroupName = '' }) => ours.has(logGroupName))
      .map((one) => `log group ${one.logGroupName}`),
  ];
  expectThat(left.length === 0, `${left.length} resources are left: ${left.slice(0, 5).join(', ')}`);
}
