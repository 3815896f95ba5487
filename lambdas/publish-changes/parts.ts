import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import { ENV, type Environment, required, text } from '../../shared/config.ts';
import { createLogger, type Logger } from '../../shared/logger.ts';
import { createMetrics, NO_METRICS } from '../../shared/metrics.ts';
import { ATTEMPT_MS, type Bus } from './publish.ts';

/** `publish` repeats by itself: it knows which entries were refused, and how much time is left. */
export const EVENTBRIDGE: EventBridgeClientConfig = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1000,
    requestTimeout: ATTEMPT_MS - 1000,
    throwOnRequestTimeout: true,
  },
};

export interface PublishSubstitutes {
  readonly eventbridge?: EventBridgeClient;
  readonly logger?: Logger;
}

/** @throws {ConfigError} naming the variable that is missing */
export function busFrom(env: Environment, substitutes: PublishSubstitutes = {}): Bus {
  const name = required(env, ENV.eventBus, 'the name of the bus that change events go to');
  const namespace = text(env, ENV.metricsNamespace);
  const logger = substitutes.logger ?? createLogger();
  return {
    client: substitutes.eventbridge ?? new EventBridgeClient(EVENTBRIDGE),
    name,
    logger,
    metricsOf: (sdkAppId) =>
      namespace === undefined ? NO_METRICS : createMetrics(namespace, sdkAppId, logger),
    now: Date.now,
    sleep: (ms) => sleep(ms),
    random: Math.random,
  };
}
