import { AsyncLocalStorage } from 'node:async_hooks';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ChatClient } from '../../shared/chat/index.ts';

/** What a process that was killed would have answered. Nobody may treat it as an answer of the store. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
}

/**
 * before: the k-th call never leaves the process · after: it is carried out and its answer lost. The process is dead
 * from then on · fails: only this one call throws, the process lives.
 */
export type CrashMode = 'before' | 'after' | 'fails';

export interface CrashPlan {
  /** Counted from 0, over the store's and the API's calls alike. */
  readonly at: number;
  readonly mode: CrashMode;
}

/** Counts the calls that leave a process, and ends it at one of them. */
export interface Lifeline {
  /** Calls so far, by name, in the order they were made. */
  readonly calls: string[];
  around<T>(name: string, call: () => Promise<T>): Promise<T>;
}

export function createLifeline(plan?: CrashPlan): Lifeline {
  const calls: string[] = [];
  let dead = false;
  return {
    calls,
    around: async (name, call) => {
      if (dead) throw new KilledError(name);
      const index = calls.push(name) - 1;
      if (!plan || index !== plan.at) return call();
      if (plan.mode !== 'fails') dead = true;
      if (plan.mode === 'after') await call();
      throw new KilledError(`${name}, call ${index}`);
    },
  };
}

const current = new AsyncLocalStorage<Lifeline>();

/** Runs work whose calls through clients prepared by {@link withLifelines} hang on the given lifeline. */
export function on<T>(lifeline: Lifeline, work: () => Promise<T>): Promise<T> {
  return current.run(lifeline, work);
}

/** Prepares a client for lifelines, outside of the SDK's own retries: a dead process makes none. */
export function withLifelines(client: DynamoDBClient): DynamoDBClient {
  client.middlewareStack.add(
    (next, context) => (args) => {
      const lifeline = current.getStore();
      return lifeline ? lifeline.around(context.commandName ?? 'command', () => next(args)) : next(args);
    },
    { step: 'initialize', name: 'lifeline', priority: 'high' },
  );
  return client;
}

export function chatWithLifelines(chat: ChatClient): ChatClient {
  return {
    ...chat,
    getTopics: (request, call) => {
      const send = () => chat.getTopics(request, call);
      return current.getStore()?.around('get_topic', send) ?? send();
    },
  };
}
