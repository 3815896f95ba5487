import { DYNAMODB_LOCAL } from '../support/tableUnderTest.ts';
import type { DynamoDbLocal } from './server.ts';

/** Jest's global tear-down. */
export default async function teardown(): Promise<void> {
  await ((globalThis as Record<string, unknown>)[DYNAMODB_LOCAL] as DynamoDbLocal).stop();
}
