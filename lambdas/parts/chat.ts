import {
  type ChatApi,
  type ChatClient,
  CODES,
  type CodeEvent,
  createChatClient,
  endpointOf,
} from '../../shared/chat/index.ts';
import { type AppConfig, ENV, type Environment, GET_TOPIC_CEILING, text } from '../../shared/config.ts';
import { METRICS } from '../../shared/metrics.ts';
import { LIST_BUDGET, topicBudget } from '../../shared/rate/budget.ts';
import { createPacer, type Pacer } from '../../shared/rate/pacer.ts';
import { leaseFromTable } from '../../shared/rate/slotLease.ts';
import type { BaseParts } from './base.ts';
import { secretFrom } from './secret.ts';

/** The paced client of an app, for the functions that call the API. */
export interface ChatParts {
  readonly chat: ChatClient;
}

export interface ChatSubstitutes {
  readonly secretKey?: (refresh: boolean) => Promise<string>;
  /** Told of every call that is about to be sent. */
  readonly onCall?: (api: ChatApi) => void;
}

/** How long all calls pause after an answer that they come too fast. */
const SLOW_DOWN_MS = 1000;

/** Codes with which the API says that something has been deleted. */
const DELETED: ReadonlySet<number> = new Set([CODES.topicDeleted, CODES.gone]);

/** @throws {ConfigError} or an endpoint error naming the variable that is missing or wrong */
export function chatPartsFrom(
  env: Environment,
  { app, store, logger, metrics }: BaseParts,
  { secretKey, onCall }: ChatSubstitutes = {},
): ChatParts {
  const pacers = pacersFor(store, app);
  const { sdkAppId, identifier, fromAccount } = app;
  const chat = createChatClient({
    sdkAppId,
    identifier,
    fromAccount,
    endpoint: endpointFrom(env),
    secretKey: secretKey ?? secretFrom(env),
    gate: async (api, signal) => {
      await pacers[api].acquire(signal);
      onCall?.(api);
    },
    onRateLimited: (api) => {
      metrics.count({ [METRICS.rateLimitedAnswers]: 1 });
      pacers[api].pause(SLOW_DOWN_MS);
    },
    onError: ({ api, code, level: scope }: CodeEvent) => {
      logger.warn('api.error', { api, code, scope });
      if (DELETED.has(code)) metrics.count({ [METRICS.deletedTopicErrors]: 1 }, code);
    },
  });
  return { chat };
}

/** Base URL of the app's region, or its override. @throws an error naming the variable that is wrong */
export function endpointFrom(env: Environment): string {
  const region = text(env, ENV.region);
  const endpoint = text(env, ENV.endpoint);
  return endpointOf({ ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) });
}

function pacersFor(
  store: BaseParts['store'],
  { sdkAppId, callsPerSecond }: AppConfig,
): Record<ChatApi, Pacer> {
  const topics = topicBudget(callsPerSecond, GET_TOPIC_CEILING);
  const imports = { ...topics, api: 'import_topic' };
  const pacer = (budget: typeof topics) => createPacer(budget, leaseFromTable(store, sdkAppId, budget));
  return {
    get_appid_group_list: pacer(LIST_BUDGET),
    get_topic: pacer(topics),
    import_topic: pacer(imports),
  };
}
