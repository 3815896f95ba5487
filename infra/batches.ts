import { Duration } from 'aws-cdk-lib';
import { DEFAULT_CALLS_PER_SECOND } from '../shared/config.ts';

/** How an app's consumers are fed. */
export interface Batches {
  readonly batchSize: number;
  /** SQS gathers more than ten messages for a batch only when it may wait for them. */
  readonly maxBatchingWindow?: Duration;
}

/**
 * Seconds of calls that all consumers together hold. A batch is done when its slowest call is: with two seconds' worth
 * in their hands the consumers use the budget up at latencies of 400 ms, and with tails of more than a second.
 */
const HELD_SECONDS = 2;

/** Answers of up to 1 MB each that a consumer has room for. */
const LARGEST = 50;

/** What SQS hands out without a window (docs.aws.amazon.com, Lambda, "Configuring scaling for SQS event source mappings"). */
const LARGEST_WITHOUT_WINDOW = 10;

/**
 * Batches by the budget: a small one in large batches would keep messages for longer than a function may run.
 * @param callsPerSecond the app's budget @param maxConcurrency consumers at once
 */
export function batchesOf(callsPerSecond = DEFAULT_CALLS_PER_SECOND, maxConcurrency: number): Batches {
  const share = Math.round((HELD_SECONDS * callsPerSecond) / maxConcurrency);
  const batchSize = Math.min(LARGEST, Math.max(1, share));
  if (batchSize <= LARGEST_WITHOUT_WINDOW) return { batchSize };
  return { batchSize, maxBatchingWindow: Duration.seconds(1) };
}
