import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { ENV, type Environment, readTable, required } from '../../shared/config.ts';
import { createLogger, type Logger } from '../../shared/logger.ts';
import type { AnnounceParts } from './handler.ts';

/** A call that is not answered is given up and repeated, well within the function's time. */
const CLIENT = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

export interface AnnounceSubstitutes {
  readonly dynamodb?: DynamoDBClient;
  readonly sns?: SNSClient;
  readonly logger?: Logger;
}

/** @throws {ConfigError} naming the variable that is missing */
export function announcePartsFrom(env: Environment, substitutes: AnnounceSubstitutes = {}): AnnounceParts {
  const table = readTable(env);
  const topicArn = required(env, ENV.summaryTopic, 'the ARN of the topic that run summaries go to');
  const stack = required(env, ENV.stack, 'the name of the deployed stack');
  return {
    store: { client: substitutes.dynamodb ?? new DynamoDBClient(CLIENT), table },
    sns: substitutes.sns ?? new SNSClient(CLIENT),
    topicArn,
    stack,
    logger: substitutes.logger ?? createLogger(),
    sleep: (ms) => sleep(ms),
  };
}
