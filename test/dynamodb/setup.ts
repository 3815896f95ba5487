import { DYNAMODB_LOCAL } from '../support/tableUnderTest.ts';
import { startDynamoDbLocal } from './server.ts';

/** Jest's global set-up: every table of the run is DynamoDB Local's. @returns what ends it */
export default async function setup(): Promise<void> {
  const server = await startDynamoDbLocal();
  process.env[DYNAMODB_LOCAL] = server.url;
  (globalThis as Record<string, unknown>)[DYNAMODB_LOCAL] = server;
}
