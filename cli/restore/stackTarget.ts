import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretFrom } from '../../lambdas/parts/secret.ts';
import type { Store } from '../../shared/catalog/store.ts';
import { ENV, type Environment } from '../../shared/config.ts';
import { APP_OUTPUTS } from '../../shared/deployment.ts';
import { chooseApp } from '../chooseApp.ts';
import { clientSettings, inPlainWords } from '../deployed/awsClient.ts';
import { openDeployedMirror } from '../deployed/mirror.ts';
import { CommandError } from '../exit.ts';
import { pacedTarget, type Target } from './target.ts';

/**
 * Opens the API of one of a stack's apps from this machine: the settings are those of the app's list function, its secret
 * key is read with the caller's own credentials, and the calls share the budget of the deployed functions.
 * @throws {CommandError} when the stack has no such app, or AWS is in the way
 */
export async function openStackTarget(
  stack: string,
  store: Store,
  sdkAppId: number,
  onCall: () => void,
): Promise<Target> {
  const env = await environmentOf(stack, sdkAppId);
  const secrets = inPlainWords(new SecretsManagerClient(clientSettings()));
  const target = pacedTarget(env, store, sdkAppId, { secretKey: secretFrom(env, secrets), onCall });
  return { ...target, close: () => secrets.destroy() };
}

async function environmentOf(stack: string, sdkAppId: number): Promise<Environment> {
  const mirror = await openDeployedMirror(stack);
  const lambda = inPlainWords(new LambdaClient(clientSettings()));
  try {
    chooseApp(
      { sdkAppId, by: 'the app to put topics into' },
      mirror.deployment.apps,
      `by the stack ${stack}`,
    );
    const FunctionName = mirror.deployment.resource(sdkAppId, APP_OUTPUTS.listFunction);
    const { Environment: found } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const settings = found?.Variables ?? {};
    if (settings[ENV.secretId] !== undefined) return { ...settings, [ENV.sdkAppId]: String(sdkAppId) };
    throw new CommandError(
      `the function ${FunctionName} has no ${ENV.secretId} in its environment; deploy the stack ${stack} again`,
    );
  } finally {
    lambda.destroy();
    mirror.close();
  }
}
