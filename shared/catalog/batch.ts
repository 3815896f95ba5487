import { setTimeout as sleep } from 'node:timers/promises';
import type { Attributes } from './itemSize.ts';

/** Most writes of one request (docs.aws.amazon.com, API_BatchWriteItem; "Running batch operations with PartiQL"). */
export const BATCH_SIZE = 25;

/** What of a batch a throttled table sends back is tried this often before the batch fails. */
export const BATCH_ATTEMPTS = 8;

/** Full jitter below a doubling bound of 50 ms to 3.2 s: the SDK retries calls, not the entries sent back. */
function backoffMs(attempt: number): number {
  return Math.random() * Math.min(3200, 25 * 2 ** attempt);
}

/** Waits before an attempt; not before the first, 0. */
export async function backOff(attempt: number): Promise<void> {
  if (attempt > 0) await sleep(backoffMs(attempt));
}

/** Tells a batch's items apart. */
export function keyText({ pk, sk }: Attributes): string {
  return JSON.stringify([pk?.S, sk?.S]);
}
