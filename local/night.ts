import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from 'aws-lambda';
import { createCloseRunHandler } from '../lambdas/close-run/handler.ts';
import {
  createListCommunitiesHandler,
  type Listing,
  ListingUnfinishedError,
} from '../lambdas/list-communities/handler.ts';
import { meteredCatalog } from '../lambdas/parts/base.ts';
import type { Parts } from '../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../lambdas/sync-community/handler.ts';
import type { Run, RunSummary } from '../shared/catalog/run.ts';
import { errorFields } from '../shared/logger.ts';
import { closingMessage, communityMessages } from '../shared/messages.ts';
import { sendClosing } from '../shared/queue/closing.ts';
import { sendAll, sendOne } from '../shared/queue/send.ts';
import { invocationContext } from './invocation.ts';
import { type LocalTroubleError, localTroubleIn } from './localTrouble.ts';
import { type BatchHandler, createPoller, type Poller } from './poller.ts';
import { LOCAL_QUEUES } from './resources.ts';
import { openCommunities } from './resume.ts';

/** What a night on this machine reports while it runs. */
export interface NightEvents {
  /** How far the run is: communities without an outcome count from `listed`. */
  onProgress?(done: number, listed: number): void;
}

export interface NightOptions extends NightEvents {
  readonly parts: Parts;
  readonly runId: string;
  /** Most invocations of sync-community at once, 10 messages each; the deployment's maximum concurrency. */
  readonly consumers?: number;
  /** Ends the night early; the run stays open and is resumed by the next. */
  readonly signal?: AbortSignal;
}

/** Messages of one invocation: what a queue hands out at once. */
const BATCH_SIZE = 10;

/**
 * Seconds of the budget that may be under way: a batch is as slow as the slowest of its ten answers, mostly 1.4 s for a
 * median of 400 ms with a heavy tail (lognormal, sigma 0.8). More would only wait for their slots.
 */
const SECONDS_UNDER_WAY = 2;

/** Invocations that fill a budget at any latency for which it can be filled. */
function consumersFor(callsPerSecond: number): number {
  return Math.ceil((callsPerSecond * SECONDS_UNDER_WAY) / BATCH_SIZE);
}

/** Lambda's own limit of a function's time (docs.aws.amazon.com, Lambda quotas). */
const LISTING_TIMEOUT_MS = 900_000;

/** Deliveries of the schedule's event before the run ends without a complete list; Lambda's own retries are two. */
const LISTING_ATTEMPTS = 3;

/**
 * Runs one night with the deployed functions behind local queues: resumes the run where an earlier process left
 * it, lists, syncs, closes.
 * @returns the closed run's summary
 * @throws the signal's reason when it aborts first, {@link LocalTroubleError} when this machine does not let it go on
 */
export function runNight(options: NightOptions): Promise<RunSummary> {
  return untilClosed(options, list);
}

/**
 * Closes a run that is listed already and open again, as a released one is: no community is asked for.
 * @returns the closed run's summary @throws the signal's reason when it aborts first
 */
export function closeAgain(options: NightOptions): Promise<RunSummary> {
  const { app, closingQueue } = options.parts;
  return untilClosed(options, () => sendClosing(closingQueue, app.sdkAppId, options.runId));
}

/** Runs the functions behind the queues until the run is closed. @param begin has the run begin, or go on */
async function untilClosed(
  options: NightOptions,
  begin: (options: NightOptions, progress: Progress) => Promise<void>,
): Promise<RunSummary> {
  const { parts, runId } = options;
  options.signal?.throwIfAborted();
  const { catalog } = meteredCatalog(parts);
  const resumed = await catalog.readRun(runId);
  const open = resumed ? await queueAgain(parts, resumed) : 0;

  const ended = Promise.withResolvers<RunSummary>();
  const lookForEnd = async () => {
    const run = await catalog.readRun(runId);
    // A released run that is open again has the summary of its night.
    if (run?.summary && run.status !== 'RUNNING') ended.resolve(run.summary);
  };
  const trouble = new AbortController();
  const signal = AbortSignal.any([trouble.signal, ...(options.signal ? [options.signal] : [])]);
  const abort = () => ended.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  // It may have been since the first look.
  if (signal.aborted) abort();
  const progress = createProgress(options, resumed, open, () => void closeSoon(parts, runId));
  const pollers = startPollers(options, progress, {
    onLook: () => lookForEnd().catch(ended.reject),
    onTrouble: (error) => trouble.abort(error),
  });
  try {
    // A run that is closed already is not closed again: nothing else would look for its end.
    begin({ ...options, signal }, progress)
      .then(lookForEnd)
      .catch(ended.reject);
    return await ended.promise;
  } finally {
    signal.removeEventListener('abort', abort);
    await Promise.all(pollers.map((poller) => poller.stop()));
  }
}

/** Has close-run look at once: by itself it would look again a second or two after the last community is done. */
async function closeSoon({ app, closingQueue }: Parts, runId: string): Promise<void> {
  const message = closingMessage({ sdkAppId: app.sdkAppId, runId, emptyLooks: 0 });
  // One look more or less changes nothing but the time of the end.
  await sendOne(closingQueue, message).catch(() => {});
}

/** Delivers the schedule's event until the listing is done, as the platform would. */
async function list({ parts, runId, signal }: NightOptions, progress: Progress): Promise<void> {
  const handler = createListCommunitiesHandler(parts) as Handler;
  for (let attempt = 1; ; attempt++) {
    try {
      const watch = watchListing(parts, runId, progress);
      const { rested } = await Promise.resolve(
        handler(
          { scheduledTime: runId },
          invocationContext(LISTING_TIMEOUT_MS),
          () => {},
        ) as Promise<Listing>,
      ).finally(watch);
      if (rested > 0) progress.done(rested);
      return;
    } catch (error) {
      // The end of the night is no failure of the list: the next one goes on with it.
      if (signal?.aborted) return;
      const trouble = localTroubleIn(error);
      if (trouble) throw trouble;
      if (error instanceof ListingUnfinishedError) attempt = 0;
      else if (attempt === LISTING_ATTEMPTS) return await giveUp(parts, runId, error);
      await sleep(1000 * attempt);
      if (signal?.aborted) return;
    }
  }
}

/** Ends a run whose list cannot be read: what is queued is synced, and the run closes INCOMPLETE. */
async function giveUp(parts: Parts, runId: string, error: unknown): Promise<void> {
  const { catalog } = meteredCatalog(parts);
  const { message } = errorFields(error) as { message: string };
  await catalog.haltRun(runId, { message });
  await sendClosing(parts.closingQueue, parts.app.sdkAppId, runId);
}

/** Queues what the queue of a killed process still held. @returns how many communities that were */
async function queueAgain(parts: Parts, run: Run): Promise<number> {
  const { sdkAppId } = parts.app;
  const { catalog } = meteredCatalog(parts);
  let open = 0;
  for await (const { groupIds, ...why } of openCommunities(catalog, run)) {
    if (why.reason === 'listed') open += groupIds.length;
    await sendAll(
      parts.communitiesQueue,
      communityMessages({ sdkAppId, runId: run.runId, ...why }, groupIds),
    );
  }
  return open;
}

interface PollerEvents {
  /** Close-run has looked at the run. */
  onLook(): void;
  /** This machine does not let the night go on. */
  onTrouble(error: LocalTroubleError): void;
}

function startPollers(
  options: NightOptions,
  progress: Progress,
  { onLook, onTrouble }: PollerEvents,
): Poller[] {
  const { parts, runId, consumers = consumersFor(parts.app.callsPerSecond) } = options;
  const onError = (error: Error) => {
    const trouble = localTroubleIn(error);
    if (trouble) onTrouble(trouble);
    parts.logger.error('poller.error', { runId, ...errorFields(error) });
  };
  const shared = { timeoutMs: LOCAL_QUEUES.consumerTimeoutMs, onError };
  const pollers = [
    createPoller({
      ...shared,
      sqs: parts.communitiesQueue.client,
      queueUrl: parts.communitiesQueue.url,
      handler: createSyncCommunityHandler(parts) as BatchHandler,
      batchSize: BATCH_SIZE,
      concurrency: consumers,
      onDone: progress.done,
    }),
    createPoller({
      ...shared,
      sqs: parts.closingQueue.client,
      queueUrl: parts.closingQueue.url,
      handler: createCloseRunHandler(parts) as BatchHandler,
      batchSize: 1,
      concurrency: 1,
      onDone: onLook,
    }),
  ];
  for (const poller of pollers) poller.start();
  return pollers;
}

interface Progress {
  done(messages: number): void;
  listed(communities: number): void;
}

/** @param onAll told when the listed communities are done, as far as one can tell here */
function createProgress(
  { onProgress }: NightEvents,
  resumed: Run | undefined,
  open: number,
  onAll: () => void,
): Progress {
  let done = (resumed?.listedIds ?? 0) - open;
  let listed = resumed?.totalCountMax ?? 0;
  const tell = () => {
    // Those that the list did not name, and deletions, are messages too.
    onProgress?.(Math.min(done, listed), listed);
    if (done === listed) onAll();
  };
  return {
    done: (messages) => {
      done += messages;
      tell();
    },
    listed: (communities) => {
      listed = communities;
      tell();
    },
  };
}

/** Reads the list's count from the ledger while the listing runs. @returns ends the watch */
function watchListing(parts: Parts, runId: string, progress: Progress): () => Promise<void> {
  const { catalog } = meteredCatalog(parts);
  const look = async () => {
    const run = await catalog.readRun(runId, { consistent: false });
    if (run?.totalCountMax !== undefined) progress.listed(run.totalCountMax);
  };
  const timer = setInterval(() => void look().catch(() => {}), 500);
  return async () => {
    clearInterval(timer);
    await look();
  };
}
