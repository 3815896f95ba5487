import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from './store.ts';

/**
 * Under these names DynamoDB refuses a whole request that may succeed when it is sent again: the table, one of its
 * partitions or the account is at its limit (docs.aws.amazon.com, "Error handling with DynamoDB").
 */
const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** How long a throttled request is repeated for a caller that names no end. */
const PATIENCE_MS = 20_000;

/** Longest wait between two rounds of a request. */
const LONGEST_WAIT_MS = 1600;

/** The table was throttled for as long as there was time. Nothing is wrong with what was to be read or written. */
export class TableThrottledError extends Error {
  override readonly name = 'TableThrottledError';
}

/** What is sent. Batches of writes come at the process's pace, which single writes only tell of; reads have no part in it. */
export type Sent = 'reads' | 'a write' | 'a batch of writes';

/**
 * Sends entries until the table has taken every one of them, or until the store's time is up. An entry that it throttles
 * comes back alone; a request that it throttles as a whole counts as all of its entries.
 * @param send one request @returns the entries that came back
 * @param mayBegin asked before each round, the first included; what it rejects with ends the work
 * @throws {TableThrottledError} when some still come back once the time is up; they have been tried once at least
 */
export async function untilTaken<E>(
  store: Store,
  what: Sent,
  entries: readonly E[],
  send: (left: readonly E[]) => Promise<readonly E[]>,
  mayBegin: () => Promise<void> = async () => {},
): Promise<void> {
  const { until = Date.now() + PATIENCE_MS } = store;
  const pace = what === 'reads' ? undefined : store.pace;
  let left = entries;
  for (let round = 0; left.length > 0; round++) {
    await waitFor(backoffMs(round), until);
    if (what === 'a batch of writes') await pace?.turn(left.length, until);
    await mayBegin();
    const back = await send(left).catch((error: unknown) => {
      if (isThrottled(error)) return left;
      throw error;
    });
    pace?.answered(left.length - back.length, back.length);
    if (back.length > 0 && Date.now() >= until) throw throttled(store.table, back.length, entries.length);
    left = back;
  }
}

/** Sends a request that the table takes as a whole or not at all. @throws {TableThrottledError} as {@link untilTaken} */
export async function onceTaken<T>(
  store: Store,
  what: Sent,
  send: () => Promise<T>,
  mayBegin?: () => Promise<void>,
): Promise<T> {
  const answers: T[] = [];
  const work = async () => {
    answers.push(await send());
    return [];
  };
  await untilTaken(store, what, [send], work, mayBegin);
  return answers[0] as T;
}

function throttled(table: string, left: number, all: number): TableThrottledError {
  return new TableThrottledError(
    `the table ${table} is throttled: it sent ${left} of ${all} back until the time was up`,
  );
}

function isThrottled(error: unknown): boolean {
  return THROTTLED.has((error as Error).name);
}

/** Full jitter below a doubling bound; none before the first round. */
function backoffMs(round: number): number {
  return round === 0 ? 0 : Math.random() * Math.min(LONGEST_WAIT_MS, 25 * 2 ** round);
}

/** Waits, but no longer than until the time is up: there is one more round then. */
async function waitFor(ms: number, until: number): Promise<void> {
  const wait = Math.min(ms, until - Date.now());
  if (wait > 0) await sleep(wait);
}
