import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, ChatError } from './errors.ts';
import type { Treatment } from './errorTable.ts';

export interface RetryPolicy {
  /** Attempts in all. */
  attempts: number;
  /** Upper end of the first wait, in milliseconds; doubles with each attempt. */
  baseMs: number;
  /** Upper end of any such wait. */
  capMs: number;
  /** What a `slow-down` waits at least, before the jittered part. */
  slowDownMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  // Five attempts wait 2 s on average, 4 s at most: enough for a hiccup. Outages are the queue's to outlast.
  attempts: 5,
  // Around a usual round trip: a shorter wait meets the same hiccup again.
  baseMs: 250,
  // Longer waits are billed Lambda time; a message that goes back to the queue waits for nothing.
  capMs: 5000,
  // Frequency limits are counted by the second.
  slowDownMs: 1000,
};

/** What the loop needs from the call it repeats. */
export interface RetryContext {
  policy: RetryPolicy;
  now: () => number;
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch. */
  deadline?: number | undefined;
  /** Milliseconds an attempt may need: no retry starts with less before the deadline. */
  attemptMs: number;
  rebuildUserSig: () => Promise<void>;
  onRateLimited: () => void;
  /** Whether a call that failed so may be repeated at all; default yes. */
  mayRepeat?: ((error: ChatError) => boolean) | undefined;
}

/**
 * Runs `attempt` until it succeeds or repeating it is no use.
 * @throws the last ChatError, its treatment telling what is left to do; anything else at once, unchanged
 */
export async function withRetries<T>(
  attempt: (number: number) => Promise<T>,
  context: RetryContext,
): Promise<T> {
  const history: History = { alike: new Map(), rebuilt: false };
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      await prepareNext(error, number, history, context);
    }
  }
}

interface History {
  /** Attempts that failed, by kind of failure. */
  alike: Map<string, number>;
  rebuilt: boolean;
}

/** Waits, or signs anew, before the next attempt; throws when there is to be none. */
async function prepareNext(error: ChatError, number: number, history: History, context: RetryContext) {
  const treatment = settle(error, history);
  if (treatment === 'slow-down') context.onRateLimited();
  if (context.mayRepeat?.(error) === false) throw as(error, treatment);
  if (treatment === 'rebuild-usersig') return signAnew(error, history, context);
  const passes = treatment === 'retry' || treatment === 'slow-down';
  if (!passes || number >= context.policy.attempts || isWornOut(error, history)) throw as(error, treatment);
  const wait = waitMs(treatment, number, context);
  if (!fits(wait, context)) throw as(error, treatment);
  await context.sleep(wait, context.signal);
}

/** Comes on top of the policy's attempts, once. Without the time for it, a later delivery may try. */
async function signAnew(error: ChatError, history: History, context: RetryContext) {
  if (!fits(0, context)) throw as(error, 'retry');
  history.rebuilt = true;
  await context.rebuildUserSig();
}

function as(error: ChatError, treatment: Treatment): ChatError {
  return error instanceof ApiError && error.treatment !== treatment ? error.withTreatment(treatment) : error;
}

/** What the failure is treated as now, given what was tried before; counts it. */
function settle(error: ChatError, history: History): Treatment {
  const kind = kindOf(error);
  history.alike.set(kind, (history.alike.get(kind) ?? 0) + 1);
  const treatment = isWornOut(error, history) && error.limit ? error.limit.afterwards : error.treatment;
  return treatment === 'rebuild-usersig' && history.rebuilt ? 'fatal' : treatment;
}

function isWornOut(error: ChatError, history: History): boolean {
  return error.limit !== undefined && (history.alike.get(kindOf(error)) ?? 0) >= error.limit.attempts;
}

function kindOf(error: ChatError): string {
  return error instanceof ApiError ? String(error.code) : error.name;
}

/** Full jitter: any time up to the exponential bound, so that callers who failed together do not return together. */
export function waitMs(
  treatment: 'retry' | 'slow-down',
  attempt: number,
  { policy, random }: Pick<RetryContext, 'policy' | 'random'>,
): number {
  const jittered = random() * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.round(treatment === 'slow-down' ? policy.slowDownMs + jittered : jittered);
}

function fits(wait: number, { deadline, now, attemptMs }: RetryContext): boolean {
  return deadline === undefined || now() + wait + attemptMs <= deadline;
}

/** Sleeps; when the signal aborts, rejects with the signal's own reason. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
