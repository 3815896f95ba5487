import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENV, type Environment, readTable, required } from '../../shared/config.ts';
import { createLogger, type Logger } from '../../shared/logger.ts';
import type { ExportTableParts } from './handler.ts';

/** A call that is not answered is given up and repeated, well within the function's time. */
const CLIENT = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

export interface ExportTableSubstitutes {
  readonly dynamodb?: DynamoDBClient;
  readonly logger?: Logger;
}

/** @throws {ConfigError} naming the variable that is missing */
export function exportPartsFrom(
  env: Environment,
  substitutes: ExportTableSubstitutes = {},
): ExportTableParts {
  return {
    client: substitutes.dynamodb ?? new DynamoDBClient(CLIENT),
    table: readTable(env),
    tableArn: required(env, ENV.tableArn, "the ARN of the catalog's table"),
    bucket: required(env, ENV.exportBucket, 'the name of the bucket that exports go to'),
    logger: substitutes.logger ?? createLogger(),
  };
}
