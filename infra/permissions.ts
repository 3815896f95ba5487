import { Aws, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AppSettings } from './stageApp.ts';

/** What the functions ask of DynamoDB (shared/catalog: readItems.ts, writeItems.ts, createItems.ts). */
export type TableCall =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'Query'
  | 'BatchWriteItem'
  | 'PartiQLInsert';

/**
 * The partition keys that a request names, those of each statement of PartiQL among them (docs.aws.amazon.com, "Actions,
 * resources, and condition keys for Amazon DynamoDB").
 */
const LEADING_KEYS = 'dynamodb:LeadingKeys';

/**
 * A request that names no partition key meets every condition on all of them: it is refused by this one
 * (docs.aws.amazon.com, IAM, "Multivalued context key examples").
 */
const NAMES_KEYS = { Null: { [LEADING_KEYS]: 'false' } };

/** Calls on one app's items: every key of the table begins with the SDKAppID (shared/catalog/keys.ts). */
export function onAppItems(
  { tableArn }: ITableV2,
  { sdkAppId }: AppSettings,
  ...calls: readonly TableCall[]
): PolicyStatement {
  return new PolicyStatement({
    actions: calls.map((call) => `dynamodb:${call}`),
    resources: [tableArn],
    conditions: ofApp(sdkAppId),
  });
}

/** Queries of one app's part of an index, whose keys begin with the SDKAppID too. */
export function queryAppIndex(
  { tableArn }: ITableV2,
  { sdkAppId }: AppSettings,
  index: string,
): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:Query'],
    resources: [`${tableArn}/index/${index}`],
    conditions: ofApp(sdkAppId),
  });
}

function ofApp(sdkAppId: number) {
  return { 'ForAllValues:StringLike': { [LEADING_KEYS]: [`${sdkAppId}|*`] }, ...NAMES_KEYS };
}

/** Enters the app among those that the table mirrors: the only items whose key is not the app's own. */
export function enterApp({ tableArn }: ITableV2): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:PutItem'],
    resources: [tableArn],
    conditions: { 'ForAllValues:StringEquals': { [LEADING_KEYS]: ['apps'] }, ...NAMES_KEYS },
  });
}

export function queryIndex({ tableArn }: ITableV2, index: string): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${tableArn}/index/${index}`] });
}

/** What an event source asks of its function's role (docs.aws.amazon.com, Lambda with DynamoDB). */
export function readStream({ tableArn }: ITableV2): PolicyStatement {
  const calls = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
  return new PolicyStatement({
    actions: calls.map((call) => `dynamodb:${call}`),
    // ListStreams is asked of all streams of the table: there is no narrower ARN for it.
    resources: [`${tableArn}/stream/*`],
  });
}

/** What an event source asks of its function's role (docs.aws.amazon.com, AWSLambdaSQSQueueExecutionRole). */
export function consume({ queueArn }: IQueue): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queueArn],
  });
}

export function sendTo(...queues: readonly IQueue[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:SendMessage'],
    resources: queues.map(({ queueArn }) => queueArn),
  });
}

export function measure({ queueArn }: IQueue): PolicyStatement {
  return new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [queueArn] });
}

/** Reads an app's secret key, and decrypts it when its key is the customer's own. */
export function readSecret(scope: Construct, { secretId, secretKeyArn }: AppSettings): PolicyStatement[] {
  const { partition, region, account, urlSuffix } = Stack.of(scope);
  // Secrets Manager puts a hyphen and six characters of its own behind a name.
  const arn = secretId.startsWith('arn:')
    ? secretId
    : `arn:${partition}:secretsmanager:${region}:${account}:secret:${secretId}-??????`;
  const read = new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [arn] });
  if (secretKeyArn === undefined) return [read];
  const decrypt = new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [secretKeyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` } },
  });
  return [read, decrypt];
}

/** Has a table exported to a bucket (docs.aws.amazon.com, "Requesting a table export in DynamoDB"). */
export function exportTo({ tableArn }: ITableV2, bucket: Bucket): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['dynamodb:ExportTableToPointInTime'], resources: [tableArn] }),
    new PolicyStatement({
      actions: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
      resources: [bucket.arnForObjects('*')],
    }),
  ];
}

export function describeBackups({ tableArn }: ITableV2): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:DescribeContinuousBackups'], resources: [tableArn] });
}

export function publishEvents({ eventBusArn }: EventBus): PolicyStatement {
  return new PolicyStatement({ actions: ['events:PutEvents'], resources: [eventBusArn] });
}

export function publishTo({ topicArn }: ITopic): PolicyStatement {
  return new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] });
}

export function writeLogs({ logGroupArn }: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroupArn],
  });
}

/** Lets a service act for this account's resources only (docs.aws.amazon.com, the confused deputy problem). */
export const FROM_THIS_ACCOUNT = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
