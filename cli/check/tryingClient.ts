import { addressFrom } from '../../lambdas/parts/chat.ts';
import { proxiedFetch } from '../../local/proxy/proxiedFetch.ts';
import { type ChatClient, createChatClient } from '../../shared/chat/index.ts';
import { type AppConfig, type Environment, readAppConfig, readSecretKey } from '../../shared/config.ts';
import { LIST_REST_MS } from '../../shared/rate/budget.ts';
import { UNPACED, withRest } from '../../shared/rate/spacing.ts';

/** The API as the settings reach it, for a call or two before anything is opened. */
export interface Trying {
  readonly app: AppConfig;
  readonly endpoint: string;
  readonly chat: ChatClient;
}

/** @throws {ConfigError} for settings that are missing or wrong */
export function tryingClient(env: Environment): Trying {
  const app = readAppConfig(env);
  const secretKey = readSecretKey(env);
  const address = addressFrom(env);
  const list = withRest(UNPACED, LIST_REST_MS);
  const chat = createChatClient({
    sdkAppId: app.sdkAppId,
    identifier: app.identifier,
    fromAccount: app.fromAccount,
    ...address,
    secretKey: async () => secretKey,
    fetch: proxiedFetch(env),
    retry: { attempts: 2 },
    gate: async (api, signal) =>
      api === 'get_appid_group_list' ? (await list.acquire(signal)).settled : undefined,
  });
  return { app, endpoint: address.endpoint, chat };
}
