import { setTimeout as sleep } from 'node:timers/promises';
import { basePartsFrom } from '../lambdas/parts/base.ts';
import { chatPartsFrom } from '../lambdas/parts/chat.ts';
import {
  createPickHandler,
  PICKS,
  type PickEvent,
  type Picked,
} from '../lambdas/sync-community/pickHandler.ts';
import { invocationContext } from '../local/invocation.ts';
import { proxiedFetch } from '../local/proxy/proxiedFetch.ts';
import { LOCAL_QUEUES } from '../local/resources.ts';
import { reachStore } from '../local/servers.ts';
import { ENV, type Environment, readSecretKey } from '../shared/config.ts';
import { createLogger } from '../shared/logger.ts';

/** What a sync of single communities tells of while it is under way. */
export interface PickEvents {
  onPicked(picked: Picked): void;
  /** The communities have to wait for a run. Told once. */
  onWaiting(why: string): void;
}

/** Has the function sync some communities. */
export type PickFunction = (event: PickEvent) => Promise<readonly Picked[]>;

/** How often, and in which distance, communities are tried again that have to wait for a run: four minutes in all. */
const ATTEMPTS = 60;
const AGAIN_MS = 4000;

/** Syncs communities now, ten at a time, beside whatever else is under way; each is told of when it is done. */
export async function syncGroups(
  pick: PickFunction,
  groupIds: readonly string[],
  { onPicked, onWaiting }: PickEvents,
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<Picked[]> {
  const all: Picked[] = [];
  for (let from = 0, attempt = 1; from < groupIds.length; ) {
    const picked = await pick({ pick: groupIds.slice(from, from + PICKS) });
    const waiting = picked.find(({ failure }) => failure?.isWaiting);
    if (waiting?.failure && attempt < ATTEMPTS) {
      if (attempt === 1) onWaiting(waiting.failure.message);
      attempt += 1;
      await wait(AGAIN_MS);
      continue;
    }
    for (const one of picked) onPicked(one);
    all.push(...picked);
    from += PICKS;
  }
  return all;
}

/**
 * Syncs communities of the mirror of this machine, also while a sync is under way in another process.
 * @throws {ConfigError} naming the variable that is missing or wrong
 */
export async function syncGroupsHere(
  env: Environment,
  groupIds: readonly string[],
  events: PickEvents,
): Promise<Picked[]> {
  const secretKey = readSecretKey(env);
  const store = await reachStore(env);
  try {
    const settings = { ...env, [ENV.table]: store.table };
    // Whoever asked is told on the terminal what a log would say.
    const base = basePartsFrom(settings, { dynamodb: store.client, logger: createLogger(() => {}) });
    const handler = createPickHandler({
      ...base,
      ...chatPartsFrom(settings, base, { secretKey: async () => secretKey, fetch: proxiedFetch(env) }),
    });
    const pick = (event: PickEvent) => handler(event, invocationContext(LOCAL_QUEUES.consumerTimeoutMs));
    return await syncGroups(pick as unknown as PickFunction, groupIds, events);
  } finally {
    await store.close();
  }
}
