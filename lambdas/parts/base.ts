import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { forManyCalls, inTurns, withoutThrottleRetries } from '../../shared/busyClient.ts';
import { type Catalog, catalogOf } from '../../shared/catalog/index.ts';
import { metered, type Store } from '../../shared/catalog/store.ts';
import { createUnitMeter, type UnitMeter } from '../../shared/catalog/units.ts';
import { createWritePace } from '../../shared/catalog/writePace.ts';
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
  /** The same table for the leases of call slots, by a client of their own. */
  readonly leaseStore: Store;
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

/**
 * Sockets that are free however much is being written; and an answer that does not come at once is not asked for twice,
 * since the pacer asks for later slots.
 */
const LEASES: DynamoDBClientConfig = { ...DYNAMODB, maxAttempts: 1 };

/**
 * Requests of a function to the table that are under way at once, each on a socket of its own. Enough for 600 a second at
 * answers of 25 ms, where a first night needs 80 of a consumer. More connections than that cannot be made within a second on
 * the quarter of a processor that a function of 512 MB has: each takes it some 4 ms for TLS.
 */
const AT_ONCE = 16;

/** A function's client of the table: who sends to it repeats what is throttled (shared/catalog/throttling.ts). */
function tableClient(config: DynamoDBClientConfig): DynamoDBClient {
  return inTurns(withoutThrottleRetries(forManyCalls(new DynamoDBClient(config))), AT_ONCE);
}

/** @throws {ConfigError} naming the variable that is missing or wrong */
export function basePartsFrom(env: Environment, substitutes: BaseSubstitutes = {}): BaseParts {
  const app = readAppConfig(env);
  const table = readTable(env);
  const { dynamodb } = substitutes;
  const client = dynamodb ?? tableClient(DYNAMODB);
  const logger = (substitutes.logger ?? createLogger()).with({ sdkAppId: app.sdkAppId });
  const namespace = text(env, ENV.metricsNamespace);
  return {
    app,
    store: { client, table, pace: createWritePace() },
    leaseStore: { client: dynamodb ?? tableClient(LEASES), table },
    logger,
    metrics: namespace === undefined ? NO_METRICS : createMetrics(namespace, app.sdkAppId, logger),
    now: Date.now,
  };
}

/** The same parts, with a store that repeats throttled requests until the deadline, epoch milliseconds by `parts.now`. */
export function patient<P extends Pick<BaseParts, 'store' | 'now'>>(parts: P, deadline: number): P {
  return { ...parts, store: { ...parts.store, until: Date.now() + deadline - parts.now() } };
}

/** The app's catalog, and a meter of what is done with it. */
export function meteredCatalog({ store, app }: Pick<BaseParts, 'store' | 'app'>): {
  catalog: Catalog;
  units: UnitMeter;
} {
  const units = createUnitMeter();
  return { catalog: catalogOf(metered(store, units), app.sdkAppId), units };
}
