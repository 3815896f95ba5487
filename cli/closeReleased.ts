import { setTimeout as sleep } from 'node:timers/promises';
import { type BaseParts, basePartsFrom } from '../lambdas/parts/base.ts';
import { type ChatParts, chatPartsFrom } from '../lambdas/parts/chat.ts';
import { queuePartsFrom } from '../lambdas/parts/queues.ts';
import { openLogFile } from '../local/logFile.ts';
import { closeAgain } from '../local/night.ts';
import { proxiedFetch } from '../local/proxy/proxiedFetch.ts';
import { dataDirOf, openQueues } from '../local/servers.ts';
import { catalogOf } from '../shared/catalog/index.ts';
import { awaitsTrust, type Run } from '../shared/catalog/run.ts';
import { readRun } from '../shared/catalog/runs.ts';
import { ENV, type Environment, readGuard, readSecretKey } from '../shared/config.ts';
import { APP_OUTPUTS } from '../shared/deployment.ts';
import { createLogger } from '../shared/logger.ts';
import { sendClosing } from '../shared/queue/closing.ts';
import { approveRun } from './approve.ts';
import { watchRun } from './deployed/watchRun.ts';
import type { Mirror, Where } from './mirror.ts';
import { sayUntil, withTrouble } from './output/trouble.ts';

/** Releases a run and has it closed again. @returns the closed run @throws {CommandError} when it cannot be released */
export async function releaseAndClose(
  env: Environment,
  mirror: Mirror,
  runId: string,
  { stack }: Where,
): Promise<Run> {
  await (stack === undefined ? closeHere(env, mirror, runId) : closeDeployed(mirror, runId, stack));
  return (await readRun(mirror.store, mirror.sdkAppId, runId)) as Run;
}

/** The deployed functions in this process. Key and region are needed only where communities are to be asked for. */
async function closeHere(
  env: Environment,
  { store, sdkAppId, failed }: Mirror,
  runId: string,
): Promise<void> {
  const queues = await openQueues(env);
  const settings = {
    ...env,
    [ENV.sdkAppId]: String(sdkAppId),
    [ENV.table]: store.table,
    [ENV.communitiesQueue]: queues.urls.communities,
    [ENV.closingQueue]: queues.urls.closing,
  };
  const signal = AbortSignal.any([queues.failed, ...(failed ? [failed] : [])]);
  const log = openLogFile(dataDirOf(env), runId);
  try {
    const logger = createLogger(withTrouble(log.sink, sayUntil(signal)));
    const base = basePartsFrom(settings, { dynamodb: store.client, logger });
    const queued = queuePartsFrom(settings, { sqs: queues.client });
    const catalog = catalogOf(store, sdkAppId);
    const run = await catalog.readRun(runId);
    const { chat } = run && asks(run) ? chatHere(settings, base) : { chat: NO_CHAT };
    const parts = { ...base, ...queued, chat, limits: readGuard(env) };
    await approveRun(catalog, runId, Date.now());
    await closeAgain({ parts, runId, signal });
  } finally {
    await log.close();
    await queues.close();
  }
}

/** Only the queue differs from a run on this machine: the deployed functions take it from there. */
async function closeDeployed({ store, sdkAppId }: Mirror, runId: string, stack: string): Promise<void> {
  const { openDeployedMirror } = await import('./deployed/mirror.ts');
  const deployed = await openDeployedMirror(stack);
  try {
    const catalog = catalogOf(store, sdkAppId);
    const closing = deployed.queue(sdkAppId, APP_OUTPUTS.closingQueue);
    await approveRun(catalog, runId, Date.now());
    await sendClosing(closing, sdkAppId, runId);
    await watchRun({ read: () => catalog.readRun(runId), onProgress: () => {}, now: Date.now, sleep });
  } finally {
    deployed.close();
  }
}

/** Whether there is something to ask for once the run is released, or while it is open again. */
function asks(run: Run): boolean {
  return awaitsTrust(run) || (run.status === 'RUNNING' && run.trustedAt !== undefined);
}

/** @throws {ConfigError} naming the variable that is missing or wrong */
function chatHere(settings: Environment, base: BaseParts): ChatParts {
  const secretKey = readSecretKey(settings);
  return chatPartsFrom(settings, base, { secretKey: async () => secretKey, fetch: proxiedFetch(settings) });
}

const refuse = async () => {
  throw new Error('closing a released run asks the API for nothing');
};

const NO_CHAT = { listGroups: refuse, getTopics: refuse, importTopic: refuse };
