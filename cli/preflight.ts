import { endpointFrom } from '../lambdas/parts/chat.ts';
import { ApiError, createChatClient } from '../shared/chat/index.ts';
import { ENV, type Environment, readAppConfig, readSecretKey } from '../shared/config.ts';
import { LIST_REST_MS } from '../shared/rate/budget.ts';
import { UNPACED, withRest } from '../shared/rate/spacing.ts';
import { CommandError } from './exit.ts';

/**
 * Tries the settings on the API before anything is written: one call of the list, one id long. A wrong key, a
 * wrong region or an account without admin rights shows here.
 * @returns epoch milliseconds before which the list may not be asked again, at one call a second
 * @throws {ConfigError} for settings that are missing or wrong, {@link ChatError} for what the API says of them
 */
export async function preflight(env: Environment): Promise<number> {
  const { sdkAppId, identifier, fromAccount } = readAppConfig(env);
  const secretKey = readSecretKey(env);
  const list = withRest(UNPACED, LIST_REST_MS);
  const chat = createChatClient({
    sdkAppId,
    identifier,
    fromAccount,
    endpoint: endpointFrom(env),
    secretKey: async () => secretKey,
    retry: { attempts: 2 },
    gate: async (_api, signal) => (await list.acquire(signal)).settled,
  });
  try {
    await chat.listGroups({ limit: 1, next: 0n, groupType: 'Community' });
    return Date.now() + LIST_REST_MS;
  } catch (error) {
    throw error instanceof ApiError && error.treatment === 'fatal' ? refused(error) : error;
  }
}

/** The API answered, and will not have these settings: the likely ones are named. */
function refused({ message }: ApiError): CommandError {
  const settings = [ENV.secretKey, ENV.sdkAppId, ENV.identifier, ENV.region];
  return new CommandError(`${message} Check ${settings.join(', ')}.`);
}
