import { endpointFrom } from '../lambdas/parts.ts';
import { createChatClient } from '../shared/chat/index.ts';
import { type Environment, readAppConfig, readSecretKey } from '../shared/config.ts';
import { LIST_BUDGET } from '../shared/rate/budget.ts';

/**
 * Tries the settings on the API before anything is written: one call of the list, one id long. A wrong key, a
 * wrong region or an account without admin rights shows here.
 * @returns epoch milliseconds before which the list may not be asked again, at one call a second
 * @throws {ConfigError} for settings that are missing or wrong, {@link ChatError} for what the API says of them
 */
export async function preflight(env: Environment): Promise<number> {
  const { sdkAppId, identifier, fromAccount } = readAppConfig(env);
  const secretKey = readSecretKey(env);
  const chat = createChatClient({
    sdkAppId,
    identifier,
    fromAccount,
    endpoint: endpointFrom(env),
    secretKey: async () => secretKey,
    retry: { attempts: 2 },
  });
  const { requestedAt } = await chat.listGroups({ limit: 1, next: 0n, groupType: 'Community' });
  return requestedAt + LIST_BUDGET.windowMs;
}
