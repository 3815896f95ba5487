import { basePartsFrom } from '../../lambdas/parts/base.ts';
import { chatPartsFrom } from '../../lambdas/parts/chat.ts';
import { proxiedFetch } from '../../local/proxy/proxiedFetch.ts';
import type { Store } from '../../shared/catalog/store.ts';
import type { ChatClient } from '../../shared/chat/index.ts';
import { ConfigError, ENV, type Environment, readSecretKey, targetEnvironment } from '../../shared/config.ts';
import { createLogger } from '../../shared/logger.ts';
import type { Mirror, Where } from '../mirror.ts';

/** The API of the app that topics are put into, paced by the leases in the mirror's table. */
export interface Target {
  readonly chat: ChatClient;
  readonly sdkAppId: number;
  /** get_topic calls a second that all who call the app share. */
  readonly callsPerSecond: number;
  close(): void;
}

/** What a target is opened with. */
export interface TargetOptions extends Where {
  /** Another app than the mirrored one. */
  readonly toApp?: number;
  /** Told of every call that is about to be sent. */
  readonly onCall: () => void;
}

/**
 * Opens the API of the app that topics are put into: with this machine's settings, or with those of a stack.
 * @throws {ConfigError} naming the variable that is missing or wrong
 * @throws {CommandError} when the stack has no such app, or AWS is in the way
 */
export async function openTarget(env: Environment, mirror: Mirror, options: TargetOptions): Promise<Target> {
  const { stack, toApp, onCall } = options;
  const sdkAppId = toApp ?? mirror.sdkAppId;
  if (stack !== undefined) {
    // Loaded only here: see withMirror.
    const { openStackTarget } = await import('./stackTarget.ts');
    return openStackTarget(stack, mirror.store, sdkAppId, onCall);
  }
  if (sdkAppId !== mirror.sdkAppId) return otherApp(env, mirror.store, sdkAppId, onCall);
  const own = { ...env, [ENV.sdkAppId]: String(sdkAppId) };
  const secretKey = readSecretKey(own);
  return pacedTarget(own, mirror.store, sdkAppId, { secretKey: async () => secretKey, onCall });
}

/** @throws {ConfigError} that calls the variables by the names that this app's have */
function otherApp(env: Environment, store: Store, sdkAppId: number, onCall: () => void): Target {
  const settings = targetEnvironment(env, sdkAppId);
  const secretKey = readSecretKey(settings);
  try {
    return pacedTarget(settings, store, sdkAppId, { secretKey: async () => secretKey, onCall });
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(
      message.replaceAll(ENV.region, ENV.targetRegion).replaceAll(ENV.endpoint, ENV.targetEndpoint),
    );
  }
}

/** The client that the functions have, with the table's leases of this app. */
export function pacedTarget(
  env: Environment,
  store: Store,
  sdkAppId: number,
  substitutes: { secretKey: (refresh: boolean) => Promise<string>; onCall: () => void },
): Target {
  // What the functions log and count is a night's; a command tells its user.
  const settings = { ...env, [ENV.table]: store.table, [ENV.metricsNamespace]: undefined };
  const base = basePartsFrom(settings, { dynamodb: store.client, logger: createLogger(() => {}) });
  const { callsPerSecond } = base.app;
  const chat = chatPartsFrom(settings, base, { ...substitutes, fetch: proxiedFetch() });
  return { ...chat, sdkAppId, callsPerSecond, close: () => {} };
}
