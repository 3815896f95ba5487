import {
  type Address,
  addressOf,
  type ChatApi,
  type ChatClient,
  CODES,
  type CodeEvent,
  createChatClient,
} from '../../shared/chat/index.ts';
import { ENV, type Environment, text } from '../../shared/config.ts';
import { errorFields } from '../../shared/logger.ts';
import { METRICS } from '../../shared/metrics.ts';
import {
  type Budget,
  ceilingOver,
  LIST_BUDGET,
  LIST_REST_MS,
  topicBudget,
} from '../../shared/rate/budget.ts';
import { createPacer, type Pacer, systemClock } from '../../shared/rate/pacer.ts';
import { leasesInTable } from '../../shared/rate/slotLease.ts';
import { withRest } from '../../shared/rate/spacing.ts';
import { withStaticShare } from '../../shared/rate/staticShare.ts';
import type { BaseParts } from './base.ts';
import { countDroppedSlots } from './droppedSlots.ts';
import { secretFrom } from './secret.ts';

/** The paced client of an app, for the functions that call the API. */
export interface ChatParts {
  readonly chat: ChatClient;
}

export interface ChatSubstitutes {
  readonly secretKey?: (refresh: boolean) => Promise<string>;
  /** Told of every call that is about to be sent. */
  readonly onCall?: (api: ChatApi) => void;
  /** In the place of Node's own; deployed functions have no proxy to call through. */
  readonly fetch?: typeof fetch;
}

/** Codes with which the API says that something has been deleted. */
const DELETED: ReadonlySet<number> = new Set([CODES.topicDeleted, CODES.gone]);

/** @throws {ConfigError} or an endpoint error naming the variable that is missing or wrong */
export function chatPartsFrom(
  env: Environment,
  base: BaseParts,
  { secretKey, onCall, fetch }: ChatSubstitutes = {},
): ChatParts {
  const { app, logger, metrics } = base;
  const pacers = pacersFor(base);
  const { sdkAppId, identifier, fromAccount } = app;
  const chat = createChatClient({
    sdkAppId,
    identifier,
    fromAccount,
    ...addressFrom(env),
    ...(fetch && { fetch }),
    secretKey: secretKey ?? secretFrom(env),
    gate: async (api, signal, deadline) => {
      const { settled } = await pacers[api].acquire(signal, deadline);
      onCall?.(api);
      return settled;
    },
    onRateLimited: (api) => {
      metrics.count({ [METRICS.rateLimitedAnswers]: 1 });
      pacers[api].slowDown();
    },
    onError: ({ api, code, level: scope }: CodeEvent) => {
      logger.warn('api.error', { api, code, scope });
      if (DELETED.has(code)) metrics.count({ [METRICS.deletedTopicErrors]: 1 }, code);
    },
  });
  return { chat };
}

/** The hosts of the app's region, or the endpoint in their place. @throws an error naming the variable that is wrong */
export function addressFrom(env: Environment): Address {
  const region = text(env, ENV.region);
  const endpoint = text(env, ENV.endpoint);
  return addressOf({ region, endpoint });
}

function pacersFor({ leaseStore, app, logger, metrics, now }: BaseParts): Record<ChatApi, Pacer> {
  const { sdkAppId, callsPerSecond, callers } = app;
  const topics = topicBudget(callsPerSecond, ceilingOver(callsPerSecond));
  const imports = { ...topics, api: 'import_topic' };
  const leasesOf = (budget: Budget) => leasesInTable(leaseStore, sdkAppId, budget);
  const pacer = (budget: Budget) => {
    const leases = leasesOf(budget);
    const onLost = (error: unknown) =>
      logger.warn('rate.leases-lost', { api: budget.api, ...errorFields(error) });
    const shared = withStaticShare(leases, { budget, callers, now, onLost });
    return createPacer(budget, shared, systemClock, countDroppedSlots(metrics, now));
  };
  return {
    // One call a second leaves nothing to share: a share beside somebody's lease is one call too many.
    get_appid_group_list: withRest(createPacer(LIST_BUDGET, leasesOf(LIST_BUDGET)), LIST_REST_MS),
    get_topic: pacer(topics),
    import_topic: pacer(imports),
  };
}
