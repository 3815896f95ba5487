import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { forManyCalls } from '../../shared/busyClient.ts';
import { type Catalog, catalogOf } from '../../shared/catalog/index.ts';
import { metered, type Store } from '../../shared/catalog/store.ts';
import { createUnitMeter, type UnitMeter } from '../../shared/catalog/units.ts';
import {
  type AppConfig,
  ENV,
  type Environment,
  readAppConfig,
  readTable,
  text,
} from '../../shared/config.ts';
import { createLogger, type Logger } from '../../shared/logger.ts';
import { createMetrics, type Metrics, NO_METRICS } from '../../shared/metrics.ts';

/** What every function of an app is wired from: the app's settings, the table, and where to report. */
export interface BaseParts {
  readonly app: AppConfig;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
}

export interface BaseSubstitutes {
  readonly dynamodb?: DynamoDBClient;
  readonly logger?: Logger;
}

/**
 * A write of which nothing is heard is given up within the 4 s that a writer keeps back at the end of its lease;
 * DynamoDB answers in milliseconds.
 */
const DYNAMODB: DynamoDBClientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 1000, throwOnRequestTimeout: true },
};

/** @throws {ConfigError} naming the variable that is missing or wrong */
export function basePartsFrom(env: Environment, substitutes: BaseSubstitutes = {}): BaseParts {
  const app = readAppConfig(env);
  const table = readTable(env);
  const logger = (substitutes.logger ?? createLogger()).with({ sdkAppId: app.sdkAppId });
  const namespace = text(env, ENV.metricsNamespace);
  return {
    app,
    store: { client: substitutes.dynamodb ?? forManyCalls(new DynamoDBClient(DYNAMODB)), table },
    logger,
    metrics: namespace === undefined ? NO_METRICS : createMetrics(namespace, app.sdkAppId, logger),
    now: Date.now,
  };
}

/** The app's catalog, and a meter of what is done with it. */
export function meteredCatalog({ store, app }: Pick<BaseParts, 'store' | 'app'>): {
  catalog: Catalog;
  units: UnitMeter;
} {
  const units = createUnitMeter();
  return { catalog: catalogOf(metered(store, units), app.sdkAppId), units };
}
