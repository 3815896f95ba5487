import { type Environment, type GuardConfig, readGuard } from '../../shared/config.ts';
import { type BaseParts, type BaseSubstitutes, basePartsFrom } from './base.ts';
import { type ChatParts, type ChatSubstitutes, chatPartsFrom } from './chat.ts';
import { type QueueParts, queuePartsFrom } from './queues.ts';

/**
 * Everything that an app's functions are wired from. Each function's entry takes only the parts that it needs, so
 * that its bundle holds no client that it does not call.
 */
export type Parts = BaseParts & QueueParts & ChatParts & { readonly limits: GuardConfig };

/** What a local run puts in the place of AWS. */
export type Substitutes = BaseSubstitutes & Parameters<typeof queuePartsFrom>[1] & ChatSubstitutes;

/**
 * Wires all parts from the environment.
 * @throws {ConfigError} or an endpoint error naming the variable that is missing or wrong
 */
export function partsFrom(env: Environment, substitutes: Substitutes = {}): Parts {
  const base = basePartsFrom(env, substitutes);
  return {
    ...base,
    ...queuePartsFrom(env, substitutes),
    ...chatPartsFrom(env, base, substitutes),
    limits: readGuard(env),
  };
}
