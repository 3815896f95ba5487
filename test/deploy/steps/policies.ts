import {
  BatchExecuteStatementCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  ExecuteStatementCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { APP_OUTPUTS, appOutput } from '../../../shared/deployment.ts';
import { settle } from '../../../shared/settle.ts';
import { createAws, type Deployed } from '../deployed.ts';
import type { TestApp } from '../simulated.ts';
import { expectThat } from '../steps.ts';

/** A client with the rights of an app's consumers. */
async function asConsumer(
  { aws, output }: Deployed,
  { sdkAppId }: TestApp,
  env: Readonly<Record<string, string>>,
): Promise<DynamoDBClient> {
  const FunctionName = output(appOutput(sdkAppId, APP_OUTPUTS.syncFunction));
  const { Role } = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { Credentials: taken } = await aws.sts.send(
    new AssumeRoleCommand({ RoleArn: Role, RoleSessionName: 'deploy-test' }),
  );
  const { dynamodb } = createAws({
    ...env,
    AWS_ACCESS_KEY_ID: taken?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: taken?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: taken?.SessionToken ?? '',
  });
  return dynamodb;
}

/**
 * Expects an app's consumers to reach items of their app alone: whoever names no partition key, or that of another app, is
 * refused, by PartiQL as well.
 * @param env the emulator's endpoint @returns how many requests were refused
 */
export async function expectConfined(
  deployed: Deployed,
  [app, other]: readonly [TestApp, TestApp],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { client, table } = deployed.store;
  const consumer = await asConsumer(deployed, app, env);
  const keyOf = ({ sdkAppId }: TestApp) => ({ pk: { S: `${sdkAppId}|deploy-test` }, sk: { S: 'item' } });
  const own = keyOf(app);
  const insertion = ({ pk, sk }: ReturnType<typeof keyOf>) => ({
    Statement: `INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?}`,
    Parameters: [pk, sk],
  });
  const keyless = { Statement: `INSERT INTO "${table}" VALUE {'sk': ?}`, Parameters: [own.sk] };

  await consumer.send(new ExecuteStatementCommand(insertion(own)));
  await client.send(new DeleteItemCommand({ TableName: table, Key: own }));

  const select = { Statement: `SELECT * FROM "${table}"` };
  const refused: readonly [string, () => Promise<unknown>][] = [
    [
      'an insertion for the other app',
      () => consumer.send(new ExecuteStatementCommand(insertion(keyOf(other)))),
    ],
    ['an insertion without a key', () => consumer.send(new ExecuteStatementCommand(keyless))],
    [
      'a batch with an insertion without a key',
      () => consumer.send(new BatchExecuteStatementCommand({ Statements: [keyless] })),
    ],
    ['a selection of everything', () => consumer.send(new ExecuteStatementCommand(select))],
    ['a scan', () => consumer.send(new ScanCommand({ TableName: table }))],
  ];
  for (const [what, request] of refused) {
    const answer = await settle(request());
    const is = 'value' in answer ? 'accepted' : String((answer.error as Error).name);
    expectThat(is === 'AccessDeniedException', `${what} should have been refused by IAM and is ${is}`);
  }
  return refused.length;
}
