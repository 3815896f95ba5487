import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { Store } from '../../shared/catalog/store.ts';
import { OUTPUTS } from '../../shared/deployment.ts';
import type { Outputs } from './cdk.ts';
import { STACK } from './stage.ts';
import { expectThat } from './steps.ts';

/** Clients of the emulator, one a service. */
export type Aws = ReturnType<typeof createAws>;

/** @param env the emulator's endpoint and credentials */
export function createAws(env: Readonly<Record<string, string>>) {
  const config = {
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: env['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      ...(env['AWS_SESSION_TOKEN'] && { sessionToken: env['AWS_SESSION_TOKEN'] }),
    },
  };
  return {
    cloudFormation: new CloudFormationClient(config),
    dynamodb: new DynamoDBClient(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    secrets: new SecretsManagerClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
}

/** A resource of the stack, as CloudFormation lists it. */
export interface Resource {
  readonly type: string;
  readonly id: string;
}

/** The deployed stack. */
export interface Deployed {
  readonly aws: Aws;
  readonly resources: readonly Resource[];
  /** The catalog's table. */
  readonly store: Store;
  /** @throws {ExpectationError} when the stack has no such output */
  output(name: string): string;
  /** Physical ids of the resources of a type, such as `AWS::SQS::Queue`. */
  resourcesOf(type: string): string[];
}

/** Reads what the stack consists of. */
export async function readDeployed(aws: Aws, outputs: Outputs): Promise<Deployed> {
  const resources: Resource[] = [];
  const pages = paginateListStackResources({ client: aws.cloudFormation }, { StackName: STACK });
  for await (const { StackResourceSummaries = [] } of pages)
    for (const { ResourceType = '', PhysicalResourceId = '' } of StackResourceSummaries)
      resources.push({ type: ResourceType, id: PhysicalResourceId });
  const output = (name: string): string => {
    const value = outputs[name];
    expectThat(value !== undefined, `the stack has no output ${name}`);
    return value;
  };
  const resourcesOf = (type: string) => resources.filter((one) => one.type === type).map(({ id }) => id);
  return {
    aws,
    resources,
    store: { client: aws.dynamodb, table: output(OUTPUTS.table) },
    output,
    resourcesOf,
  };
}
