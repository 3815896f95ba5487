import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import type { PickEvent, Picked } from '../../lambdas/sync-community/pickHandler.ts';
import { APP_OUTPUTS } from '../../shared/deployment.ts';
import { chooseApp, type NamedApp } from '../chooseApp.ts';
import { CommandError, EXIT } from '../exit.ts';
import { type PickEvents, syncGroups } from '../syncGroups.ts';
import { clientSettings, inPlainWords } from './awsClient.ts';
import { openDeployedMirror } from './mirror.ts';

/** The function is given a minute; its answer is waited for a little longer. */
const ANSWER_MS = 70_000;

/**
 * Has the sync function of a deployed mirror sync communities, past its queue: behind a night's messages they would wait
 * for minutes.
 * @throws {CommandError} when the function fails, or AWS is in the way
 */
export async function syncGroupsDeployed(
  stack: string,
  named: NamedApp | undefined,
  groupIds: readonly string[],
  events: PickEvents,
): Promise<Picked[]> {
  const mirror = await openDeployedMirror(stack);
  const lambda = inPlainWords(new LambdaClient(clientSettings(ANSWER_MS)));
  try {
    const sdkAppId = chooseApp(named, mirror.deployment.apps, `by the stack ${stack}`);
    const FunctionName = mirror.deployment.resource(sdkAppId, APP_OUTPUTS.syncFunction);
    const pick = async (event: PickEvent) =>
      answerOf(
        FunctionName,
        await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) })),
      );
    return await syncGroups(pick, groupIds, events);
  } finally {
    lambda.destroy();
    mirror.close();
  }
}

function answerOf(functionName: string, { FunctionError, Payload }: InvokeCommandOutput): readonly Picked[] {
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
  if (FunctionError === undefined && Array.isArray(answer)) return answer as readonly Picked[];
  const { errorMessage = FunctionError ?? 'it gave no answer' } = (answer ?? {}) as { errorMessage?: string };
  throw new CommandError(
    `the function ${functionName} failed: ${errorMessage}; if it is of an older version, deploy the stack again`,
    EXIT.unreachable,
  );
}
