import { setTimeout as sleep } from 'node:timers/promises';
import { partsFrom } from '../lambdas/parts/index.ts';
import { openLogFile } from '../local/logFile.ts';
import { type NightOptions, runNight } from '../local/night.ts';
import { proxiedFetch } from '../local/proxy/proxiedFetch.ts';
import { dataDirOf, type LocalQueues, type LocalStore, openQueues, openStore } from '../local/servers.ts';
import { shareServers } from '../local/sharedServers.ts';
import { type Run, readRun, runsOf } from '../shared/catalog/runs.ts';
import { ENV, type Environment, readAppConfig, readSecretKey } from '../shared/config.ts';
import { createLogger } from '../shared/logger.ts';
import { unlessInterrupted } from './interrupt.ts';
import { openRunOf } from './openRun.ts';
import { printable } from './output/printable.ts';
import { createNightProgress } from './output/progress.ts';
import { sayUntil, withTrouble } from './output/trouble.ts';
import { preflight } from './preflight.ts';

/** Everything that one local night, or several, runs on. */
export interface LocalMirror {
  readonly env: Environment;
  readonly store: LocalStore;
  readonly queues: LocalQueues;
  close(): Promise<void>;
}

/** A closed run, and where its log is. */
export interface Night {
  readonly run: Run;
  readonly resumed: boolean;
  readonly logPath: string;
}

/**
 * Opens store and queues, and lets other commands use them meanwhile.
 * @throws {ConfigError} or {@link UnreachableError}
 */
export async function openLocalMirror(env: Environment): Promise<LocalMirror> {
  const opened: { close(): Promise<void> }[] = [];
  const closeAll = async () => void (await Promise.all(opened.map(({ close }) => close())));
  try {
    const store = await openStore(env);
    opened.push(store);
    const queues = await openQueues(env);
    opened.push(queues);
    const unshare = share(env, store, queues);
    const close = () => {
      unshare();
      return closeAll();
    };
    return { env, store, queues, close };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @returns takes the word back */
function share(env: Environment, { embedded }: LocalStore, queues: LocalQueues): () => void {
  // A store that the environment names is found by everybody.
  if (embedded === undefined) return () => {};
  const sqs = queues.embedded;
  return shareServers(dataDirOf(env), { dynamodb: embedded, ...(sqs !== undefined && { sqs }) });
}

/**
 * Runs one night: the settings are tried first, an unfinished run of the last hours is resumed.
 * @param label what the progress bar is called
 */
export async function syncOnce(env: Environment, label: string, signal?: AbortSignal): Promise<Night> {
  const { listAgainAt, lookAtTopics } = await unlessInterrupted(signal, () => preflight(env));
  const mirror = await openLocalMirror(env);
  try {
    await unlessInterrupted(signal, async () => {
      if (await isFirstNight(mirror)) await lookAtTopics((line) => console.error(printable(line)));
      await sleep(Math.max(0, listAgainAt - Date.now()));
    });
    return await syncNight(mirror, label, signal);
  } finally {
    await mirror.close();
  }
}

async function isFirstNight({ store, env }: LocalMirror): Promise<boolean> {
  for await (const _run of runsOf(store, readAppConfig(env).sdkAppId, { limit: 1 })) return false;
  return true;
}

/** Runs one night on an open mirror. */
export async function syncNight(mirror: LocalMirror, label: string, signal?: AbortSignal): Promise<Night> {
  const open = await openRunOf(mirror.store, readAppConfig(mirror.env).sdkAppId, Date.now());
  const runId = open?.runId ?? new Date().toISOString();
  const night = await workOn(mirror, { runId, label, work: runNight, ...(signal && { signal }) });
  return { ...night, resumed: open !== undefined };
}

/** What is done with a run on this machine, and what its progress bar is called. */
export interface RunWork extends Pick<NightOptions, 'runId' | 'signal'> {
  readonly label: string;
  readonly work: (options: NightOptions) => Promise<unknown>;
}

/** Has the functions work on a run of an open mirror until it is closed. */
export async function workOn(
  { env, store, queues }: LocalMirror,
  { runId, label, work, signal }: RunWork,
): Promise<Omit<Night, 'resumed'>> {
  const secretKey = readSecretKey(env);
  const progress = createNightProgress(label);
  const substitutes = {
    dynamodb: store.client,
    sqs: queues.client,
    secretKey: async () => secretKey,
    fetch: proxiedFetch(env),
    onCall: () => progress.call(),
  };
  const resources = {
    [ENV.table]: store.table,
    [ENV.communitiesQueue]: queues.urls.communities,
    [ENV.closingQueue]: queues.urls.closing,
  };
  const ends = AbortSignal.any([store.failed, queues.failed, ...(signal ? [signal] : [])]);
  const log = openLogFile(dataDirOf(env), runId);
  const parts = partsFrom(
    { ...env, ...resources },
    { ...substitutes, logger: createLogger(withTrouble(log.sink, sayUntil(ends))) },
  );
  let lost: Error | undefined;
  try {
    await work({ parts, runId, onProgress: progress.update, signal: ends });
  } finally {
    progress.stop();
    lost = await log.close();
  }
  if (lost) console.error(`topic-mirror: the log ${log.path} is not whole: ${lost.message}`);
  const run = (await readRun(parts.store, parts.app.sdkAppId, runId)) as Run;
  return { run, logPath: log.path };
}
