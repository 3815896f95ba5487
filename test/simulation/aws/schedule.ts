import type { Surroundings } from './environment.ts';
import type { VirtualFunction } from './lambda.ts';

/** Waits before the second and third attempt of an asynchronous invocation (docs.aws.amazon.com, Lambda). */
const RETRY_AFTER_MS = [60_000, 120_000];

/** A throttled event is repeated for six hours (docs.aws.amazon.com, Lambda, asynchronous invocation). */
const THROTTLED_MS = 6 * 3_600_000;

/**
 * Delivers one scheduled event: three attempts in all, as configured.
 * @param onFailed told of each attempt that failed
 * @returns whether one of them succeeded
 */
export async function deliver(
  target: VirtualFunction,
  scheduledTime: string,
  { time }: Surroundings,
  onFailed: () => void = () => {},
): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    const ended = await target.invoke({ scheduledTime }, THROTTLED_MS);
    if (!('failed' in ended)) return true;
    onFailed();
    const wait = RETRY_AFTER_MS[attempt];
    if (wait === undefined) return false;
    await time.wait(wait);
  }
}
