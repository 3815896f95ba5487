import { GetFunctionConfigurationCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { ScheduledEvent } from '../../lambdas/list-communities/handler.ts';
import { CommandError, EXIT } from '../exit.ts';
import { BEGIN_MS } from './watchRun.ts';

/**
 * Has the deployed list function begin a run, as its schedule does, and does not wait for it.
 * @param now epoch milliseconds @returns the run's id
 */
export async function startRun(lambda: LambdaClient, functionName: string, now: number): Promise<string> {
  const runId = new Date(now).toISOString();
  const event: ScheduledEvent = { scheduledTime: runId };
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    }),
  );
  return runId;
}

/** The error of a run that was asked for and is not there. */
export async function notBegun(
  lambda: LambdaClient,
  functionName: string,
  runId: string,
): Promise<CommandError> {
  const logGroup = await logGroupOf(lambda, functionName);
  return new CommandError(
    `the function ${functionName} was asked for the run ${runId} and has not begun it in ${BEGIN_MS / 1000} s; its log group ${logGroup} says why`,
    EXIT.unreachable,
  );
}

/** Name of the log group that a function writes to; of the usual one when that cannot be asked for. */
async function logGroupOf(lambda: LambdaClient, functionName: string): Promise<string> {
  const usual = `/aws/lambda/${functionName}`;
  try {
    const { LoggingConfig } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    return LoggingConfig?.LogGroup ?? usual;
  } catch {
    return usual;
  }
}
