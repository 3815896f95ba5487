import { setTimeout as sleep } from 'node:timers/promises';
import { type Catalog, catalogOf } from '../../shared/catalog/index.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { APP_OUTPUTS, type AppOutput } from '../../shared/deployment.ts';
import { sendClosing } from '../../shared/queue/closing.ts';
import { deleteLetters, giveBack, type Letter, takePortions } from '../../shared/queue/deadLetters.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import { type Queue, sendAll } from '../../shared/queue/send.ts';
import { chooseApp, type NamedApp } from '../chooseApp.ts';
import { openDeployedMirror } from '../deployed/mirror.ts';
import { watchRun } from '../deployed/watchRun.ts';
import { CommandError, EXIT } from '../exit.ts';
import { reopen, runNamed } from './reopen.ts';
import { type LeftLetter, sortLetters } from './sortLetters.ts';
import { sortClosing, sortNights } from './sortOthers.ts';

export interface RedriveOrder {
  /** The run to put communities back into; without it the newest that misses any. */
  readonly run?: string | undefined;
  /** Deletes what is not put back. */
  readonly discard: boolean;
}

/** What a redrive tells of. */
export interface RedriveEvents {
  onLeft(left: LeftLetter, what: string): void;
  onPutBack(runId: string, messages: number): void;
  /** Asked when a run is watched. */
  interruption(runId: string): AbortSignal;
}

/** An app of a deployed mirror, as a redrive needs it. */
interface Place {
  readonly sdkAppId: number;
  readonly catalog: Catalog;
  readonly queue: (what: QueueOutput) => Queue;
}

type QueueOutput = Extract<AppOutput, `${string}QueueUrl`>;

/** Runs of the ledger that dead letters can be of: they are kept for 14 days. */
const RUNS = 100;

/**
 * Puts the dead letters of a deployed mirror back into their run, has it closed again and waits for that.
 * @returns the closed run, or undefined when there was nothing to put back and no run to wake
 * @throws {CommandError} when the run cannot be opened, or AWS is in the way
 */
export async function redriveDeployed(
  stack: string,
  named: NamedApp | undefined,
  order: RedriveOrder,
  events: RedriveEvents,
): Promise<Run | undefined> {
  const mirror = await openDeployedMirror(stack);
  try {
    const sdkAppId = chooseApp(named, mirror.deployment.apps, `by the stack ${stack}`);
    const catalog = catalogOf(mirror.store, sdkAppId);
    const place = { sdkAppId, catalog, queue: (what: QueueOutput) => mirror.queue(sdkAppId, what) };
    const runId = await redrive(place, order, events);
    if (runId === undefined) return undefined;
    const signal = events.interruption(runId);
    const wait = (ms: number) => sleep(ms, undefined, { signal });
    const lookout = { read: () => catalog.readRun(runId), onProgress: () => {}, now: Date.now, sleep: wait };
    return await watchRun(lookout).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
  } finally {
    mirror.close();
  }
}

/** @returns the run to wait for */
async function redrive(
  place: Place,
  order: RedriveOrder,
  events: RedriveEvents,
): Promise<string | undefined> {
  const { catalog, queue, sdkAppId } = place;
  if (order.run !== undefined) await runNamed(catalog, order.run);
  const runs = await Array.fromAsync(catalog.runsOf({ limit: RUNS }));
  const woken = await wakeClosing(place, runs, order, events);
  await tellNights(queue(APP_OUTPUTS.lostNightsQueue), order, events);
  const chosen = await putBack(place, runs, order, events);
  // A run that is open needs no message in the dead letters to be stuck: its closing message may have expired.
  const open = order.run ?? runs.find(({ status }) => status === 'RUNNING')?.runId;
  const runId = chosen ?? woken ?? (isOpen(runs, open) ? open : undefined);
  if (runId !== undefined) await sendClosing(queue(APP_OUTPUTS.closingQueue), sdkAppId, runId);
  return runId;
}

function isOpen(runs: readonly Run[], wanted: string | undefined): boolean {
  return runs.some(({ runId, status }) => runId === wanted && status === 'RUNNING');
}

/**
 * Puts the letters back by portions, so that none is in sight again before it is dealt with; the run is chosen by the first
 * portion that has letters of one.
 * @returns the run that letters were put back into
 */
async function putBack(
  place: Place,
  runs: readonly Run[],
  order: RedriveOrder,
  events: RedriveEvents,
): Promise<string | undefined> {
  const deadLetters = place.queue(APP_OUTPUTS.deadLetterQueue);
  const { sdkAppId } = place;
  const kept: Letter[] = [];
  let [chosen, count] = [undefined as Run | undefined, 0];
  try {
    for await (const letters of takeAllInPortions(deadLetters)) {
      const { run, putBack, left } = sortLetters(letters, { runs, sdkAppId, named: order.run, chosen });
      for (const one of left) events.onLeft(one, 'a community’s message');
      if (order.discard) await deleteLetters(deadLetters, lettersOf(left));
      else kept.push(...lettersOf(left));
      if (!run || putBack.length === 0) continue;
      await resend(place, run, putBack);
      chosen = run;
      count += putBack.length;
    }
  } finally {
    // Not before the end: they would be taken once more. Those that are not in hand any more are in sight already.
    await giveBack(deadLetters, kept).catch(() => {});
    if (chosen) events.onPutBack(chosen.runId, count);
  }
  return chosen?.runId;
}

async function resend({ catalog, queue }: Place, run: Run, letters: readonly Letter[]): Promise<void> {
  const deadLetters = queue(APP_OUTPUTS.deadLetterQueue);
  try {
    await reopen(catalog, (await catalog.readRun(run.runId)) ?? run, Date.now());
    const bodies = new Set(letters.map(({ body }) => body));
    await sendAll(queue(APP_OUTPUTS.communitiesQueue), [...bodies]);
  } catch (error) {
    await giveBack(deadLetters, letters).catch(() => {});
    throw error;
  }
  // After the queueing, not before: who is killed in between puts them back twice, which is harmless.
  await deleteLetters(deadLetters, letters);
}

/** Wakes the runs whose closing messages are dead. @returns the newest of them */
async function wakeClosing(
  { queue, sdkAppId }: Place,
  runs: readonly Run[],
  order: RedriveOrder,
  events: RedriveEvents,
): Promise<string | undefined> {
  const deadLetters = queue(APP_OUTPUTS.closingDeadLetterQueue);
  const { open, left } = sortClosing(await takeAll(deadLetters), runs, sdkAppId);
  await settleLeft(deadLetters, left, order, (one) => events.onLeft(one, 'a message that closes a run'));
  for (const { runId } of open) await sendClosing(queue(APP_OUTPUTS.closingQueue), sdkAppId, runId);
  await deleteLetters(
    deadLetters,
    open.map(({ letter }) => letter),
  );
  return open
    .map(({ runId }) => runId)
    .sort()
    .at(-1);
}

async function tellNights(lostNights: Queue, order: RedriveOrder, events: RedriveEvents): Promise<void> {
  const nights = sortNights(await takeAll(lostNights));
  await settleLeft(lostNights, nights, order, (left) => events.onLeft(left, 'a lost night'));
}

async function settleLeft(
  queue: Queue,
  left: readonly LeftLetter[],
  { discard }: RedriveOrder,
  tell: (left: LeftLetter) => void,
): Promise<void> {
  for (const one of left) tell(one);
  const letters = lettersOf(left);
  await (discard ? deleteLetters(queue, letters) : giveBack(queue, letters));
}

function lettersOf(left: readonly LeftLetter[]): Letter[] {
  return left.map(({ letter }) => letter);
}

/** @throws {CommandError} when somebody else has the letters in hand */
async function takeAll(queue: Queue): Promise<readonly Letter[]> {
  return (await Array.fromAsync(takeAllInPortions(queue))).flat();
}

/** @throws {CommandError} when somebody else has the letters in hand */
async function* takeAllInPortions(queue: Queue): AsyncGenerator<readonly Letter[]> {
  let isEmpty = true;
  for await (const letters of takePortions(queue)) {
    isEmpty = false;
    yield letters;
  }
  if (!isEmpty || (await depthOf(queue)) === 0) return;
  throw new CommandError(
    'the dead letters are in the hands of somebody else, or of a redrive that was killed; try again in two minutes',
    EXIT.unreachable,
  );
}
