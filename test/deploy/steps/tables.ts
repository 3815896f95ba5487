import {
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  RestoreTableToPointInTimeCommand,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../../shared/catalog/table.ts';
import type { Aws, Deployed } from '../deployed.ts';
import { expectThat } from '../steps.ts';

const RESTORED = 'deploy-test-restored';

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription> {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  return Table;
}

/** ARN of a table's stream. @throws {ExpectationError} when it has none */
export async function streamOf({ dynamodb }: Aws, table: string): Promise<string> {
  const { LatestStreamArn } = await describe(dynamodb, table);
  expectThat(LatestStreamArn !== undefined, `the table ${table} has no stream`);
  return LatestStreamArn;
}

/**
 * Restores the deployed table under another name, as it is now, and switches on what a restored table lacks: the steps of
 * docs/operating.md, "Back to an earlier second". @returns the name
 */
export async function restoreTable({ store: { client, table } }: Deployed): Promise<string> {
  await client.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: table,
      TargetTableName: RESTORED,
      UseLatestRestorableTime: true,
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: RESTORED });
  const { LatestStreamArn } = await describe(client, RESTORED);
  expectThat(LatestStreamArn === undefined, 'a restored table should have no stream of its own accord');
  const TableName = RESTORED;
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const;
  await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: TABLE.ttl },
    }),
  );
  await client.send(
    new UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  return RESTORED;
}

/** Expects that tables are there and active. */
export async function expectKept({ dynamodb }: Aws, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { TableStatus } = await describe(dynamodb, table);
    expectThat(TableStatus === 'ACTIVE', `the table ${table} should have been kept and is ${TableStatus}`);
  }
}

/** Deletes tables that no stack has any more, as a person would. */
export async function deleteTables({ dynamodb }: Aws, tables: readonly string[]): Promise<void> {
  for (const TableName of tables) {
    await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await dynamodb.send(new DeleteTableCommand({ TableName }));
  }
}
