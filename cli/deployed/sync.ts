import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Run } from '../../shared/catalog/run.ts';
import { APP_OUTPUTS } from '../../shared/deployment.ts';
import { chooseApp, type NamedApp } from '../chooseApp.ts';
import { CommandError } from '../exit.ts';
import { openRunOf } from '../openRun.ts';
import { createNightProgress } from '../output/progress.ts';
import { clientSettings, inPlainWords } from './awsClient.ts';
import { type DeployedRun, lookAt } from './lookAt.ts';
import { openDeployedMirror } from './mirror.ts';
import { notBegun, startRun } from './startRun.ts';
import { watchRun } from './watchRun.ts';

/** What a sync of a deployed mirror asks of the command that it belongs to. */
export interface SyncEvents {
  /** What the progress bar is called. */
  readonly label: string;
  onStarted(runId: string): void;
  /** A run that had begun before is watched: no other is started. */
  onJoined(runId: string): void;
  /** Asked when the watch begins: until then, an interruption has nothing to explain. */
  interruption(runId: string): AbortSignal;
}

export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/**
 * Starts a run of a deployed mirror, or joins the one that is under way, and waits for its end.
 * @returns the closed run
 * @throws {CommandError} when it does not begin, or AWS is in the way; the signal's reason when it aborts
 */
export async function syncDeployed(
  stack: string,
  named: NamedApp | undefined,
  events: SyncEvents,
  clock = SYSTEM_CLOCK,
): Promise<Run> {
  const mirror = await openDeployedMirror(stack);
  const lambda = inPlainWords(new LambdaClient(clientSettings()));
  try {
    const sdkAppId = chooseApp(named, mirror.deployment.apps, `by the stack ${stack}`);
    const functionName = mirror.deployment.resource(sdkAppId, APP_OUTPUTS.listFunction);
    const open = await openRunOf(mirror.store, sdkAppId, clock.now());
    const runId = open?.runId ?? (await startRun(lambda, functionName, clock.now()));
    if (open) events.onJoined(runId);
    else events.onStarted(runId);
    const closed = await untilClosed({ mirror, sdkAppId, runId }, events, clock);
    if (closed) return closed;
    throw await notBegun(lambda, functionName, runId);
  } finally {
    lambda.destroy();
    mirror.close();
  }
}

async function untilClosed(
  run: DeployedRun,
  { label, interruption }: SyncEvents,
  clock: Clock,
): Promise<Run | undefined> {
  const signal = interruption(run.runId);
  const bar = createNightProgress(label, process.stderr, 'communities/s');
  const lookout = {
    ...lookAt(run, bar, process.stderr.isTTY),
    now: clock.now,
    sleep: (ms: number) => clock.sleep(ms, signal),
  };
  try {
    // The interruption listens first: a sleep that ends with it must not be the reason that is told.
    return await Promise.race([aborted(signal), watchRun(lookout)]);
  } catch (error) {
    throw error instanceof CommandError && !signal.aborted ? unwatched(error, run.runId) : error;
  } finally {
    bar.stop();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}

function unwatched({ message, exitCode }: CommandError, runId: string): CommandError {
  return new CommandError(`${message}; the run ${runId} goes on without being watched`, exitCode);
}
