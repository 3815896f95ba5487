import { type CallSubject, type ChatError, NoTurnError, TransportError } from './errors.ts';
import { createHosts } from './hosts.ts';
import { parseJson, stringifyJson } from './json.ts';
import { post } from './request.ts';
import { defaultRetryPolicy, sleep, withRetries } from './retry.ts';
import type { CallMeter, CallOptions, ChatClientOptions } from './types.ts';
import { createUserSigCache } from './userSig.ts';

/** One command to send: what to ask, and how to read the answer. */
export interface Command<T> {
  subject: CallSubject;
  path: string;
  body: object;
  /** Throws a ChatError when the answer is an error or not the documented one. */
  read: (answer: unknown, requestedAt: number) => T;
  /** Whether it may be sent again after such an error; default yes. */
  mayRepeat?: ((error: ChatError) => boolean) | undefined;
}

export type Exchange = <T>(command: Command<T>, call?: CallOptions) => Promise<T>;

/** Longer than the server's own limit of 3 s (https://trtc.io/document/34620), so that its answer is heard. */
const timeoutDefault = 5000;
const serverTimeoutMs = 3000;

/** Sends commands to one app's API: signs them, waits for the gate, meters, reads and retries. */
export function createExchange(options: ChatClientOptions): Exchange {
  const { now = Date.now, random = Math.random, timeoutMs = timeoutDefault } = options;
  const hosts = createHosts(options, now);
  const signatures = createUserSigCache({ ...options, now });

  return (command, call = {}) => {
    const { subject } = command;
    const { signal, deadline, meter } = call;
    const body = stringifyJson(command.body);
    let userSig = '';

    const attempt = async (number: number) => {
      signal?.throwIfAborted();
      userSig = await signatures.current();
      const ended = await options.gate?.(subject.api, signal, deadline);
      try {
        return await send(number);
      } finally {
        ended?.();
      }
    };

    const send = async (number: number) => {
      signal?.throwIfAborted();
      const requestedAt = now();
      const left = timeLeft(deadline, requestedAt, subject);
      count(meter, number);
      const answer = await hosts.reach(async (endpoint) => {
        const text = await post({
          subject,
          endpoint,
          path: command.path,
          sdkAppId: options.sdkAppId,
          identifier: options.identifier,
          userSig,
          random: Math.floor(random() * 2 ** 32),
          body,
          timeoutMs: Math.min(timeoutMs, left),
          signal,
          fetch: options.fetch ?? fetch,
        });
        return parsed(text, subject, endpoint);
      });
      return command.read(answer, requestedAt);
    };

    return withRetries(attempt, {
      policy: { ...defaultRetryPolicy, ...options.retry },
      now,
      random,
      sleep: options.sleep ?? sleep,
      signal,
      deadline,
      attemptMs: Math.min(timeoutMs, serverTimeoutMs),
      rebuildUserSig: async () => void (await signatures.replace(userSig)),
      onRateLimited: () => {
        if (meter) meter.rateLimited++;
        options.onRateLimited?.(subject.api);
      },
      mayRepeat: command.mayRepeat,
    });
  };
}

/** Milliseconds until the deadline. @throws NoTurnError when the gate has taken all of them */
function timeLeft(deadline: number | undefined, now: number, subject: CallSubject): number {
  if (deadline === undefined) return Number.POSITIVE_INFINITY;
  if (deadline > now) return deadline - now;
  throw new NoTurnError(subject);
}

function count(meter: CallMeter | undefined, attempt: number): void {
  if (!meter) return;
  meter.calls++;
  if (attempt > 1) meter.retries++;
}

/** Text that is not JSON is an accident of the way, such as a proxy's page or a cut connection. */
function parsed(text: string, subject: CallSubject, endpoint: string): unknown {
  try {
    return parseJson(text);
  } catch {
    const what = text === '' ? 'an empty body' : `${text.length} characters that are not JSON`;
    throw new TransportError(subject, `${new URL(endpoint).host} answered with ${what}`);
  }
}
