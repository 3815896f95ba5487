import {
  GetAccountSettingsCommand,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { APP_OUTPUTS } from '../../shared/deployment.ts';
import type { Finding } from '../check/checkApi.ts';
import type { NamedApp } from '../chooseApp.ts';
import { clientSettings, inPlainWords } from './awsClient.ts';
import { openDeployedMirror } from './mirror.ts';

/** Functions of an app that run beside its consumers: list-communities and close-run; and publish-changes, of the stack. */
const BESIDE = 3;

/**
 * Looks whether the account lets as many functions run at once as a stack needs: all the functions of an account and region
 * share one limit, which may be as low as 10 in a new account (docs.aws.amazon.com, "Lambda quotas").
 * @throws {CommandError} as {@link openDeployedMirror} does
 */
export async function* checkDeployed(stack: string, named: NamedApp | undefined): AsyncGenerator<Finding> {
  const { deployment, close } = await openDeployedMirror(stack);
  const lambda = inPlainWords(new LambdaClient(clientSettings()));
  try {
    const apps = named ? [named.sdkAppId] : deployment.apps;
    yield { what: 'stack', isRight: true, said: `${stack} mirrors ${apps.join(', ')}` };
    let needed = BESIDE;
    for (const sdkAppId of apps)
      needed += await consumersOf(lambda, deployment.resource(sdkAppId, APP_OUTPUTS.syncFunction));
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    yield concurrency(needed, AccountLimit?.UnreservedConcurrentExecutions ?? 0);
  } finally {
    lambda.destroy();
    close();
  }
}

/** How many of a function's invocations its event sources may have under way. */
async function consumersOf(client: LambdaClient, FunctionName: string): Promise<number> {
  let consumers = 0;
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
    { client },
    { FunctionName },
  ))
    for (const { ScalingConfig } of EventSourceMappings) consumers += ScalingConfig?.MaximumConcurrency ?? 0;
  return consumers;
}

function concurrency(needed: number, allowed: number): Finding {
  const what = 'concurrency';
  if (allowed >= needed)
    return {
      what,
      isRight: true,
      said: `the stack needs ${needed} functions at once, the account has ${allowed}`,
    };
  return {
    what,
    isRight: false,
    said: `the stack needs ${needed} functions at once, and the account has ${allowed} that are not reserved: consumers are throttled and nights take longer. Ask for more (Service Quotas, "Concurrent executions"), or lower maxConcurrency in the stage.`,
  };
}
