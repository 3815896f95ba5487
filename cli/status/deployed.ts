import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { readCallsPerSecond } from '../../shared/config.ts';
import { APP_OUTPUTS } from '../../shared/deployment.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import { chooseApp, type NamedApp } from '../chooseApp.ts';
import { clientSettings, inPlainWords } from '../deployed/awsClient.ts';
import { type DeployedMirror, openDeployedMirror } from '../deployed/mirror.ts';
import { nextNight } from './nextNight.ts';
import type { Source } from './source.ts';

/** An app of a deployed mirror. @throws {CommandError} as {@link openDeployedMirror} does */
export async function deployedSource(stack: string, named: NamedApp | undefined): Promise<Source> {
  const mirror = await openDeployedMirror(stack);
  try {
    const sdkAppId = chooseApp(named, mirror.deployment.apps, `by the stack ${stack}`);
    const callsPerSecond = await budgetOf(mirror, sdkAppId);
    const schedule = scheduleOf(mirror, sdkAppId);
    const depth = (what: 'communitiesQueue' | 'deadLetterQueue') => async () =>
      depthOf(mirror.queue(sdkAppId, APP_OUTPUTS[what]));
    return {
      see: (look) => {
        const nextAt = schedule === undefined ? undefined : nextNight(schedule, Date.now());
        return look({
          ...{ store: mirror.store, sdkAppId, callsPerSecond, isAttended: true },
          depth: depth('communitiesQueue'),
          deadLetters: depth('deadLetterQueue'),
          ...(nextAt !== undefined && { nextAt }),
        });
      },
      close: async () => mirror.close(),
    };
  } catch (error) {
    mirror.close();
    throw error;
  }
}

/** The budget that the functions have; undefined when these credentials may not ask for it. */
async function budgetOf({ deployment }: DeployedMirror, sdkAppId: number): Promise<number | undefined> {
  const lambda = inPlainWords(new LambdaClient(clientSettings()));
  const FunctionName = deployment.resource(sdkAppId, APP_OUTPUTS.listFunction);
  try {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return readCallsPerSecond(Environment?.Variables ?? {});
  } catch {
    return undefined;
  } finally {
    lambda.destroy();
  }
}

/** A stack of an older version does not tell its schedule. */
function scheduleOf({ deployment }: DeployedMirror, sdkAppId: number): string | undefined {
  try {
    return deployment.resource(sdkAppId, APP_OUTPUTS.schedule);
  } catch {
    return undefined;
  }
}
