import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Catalog, catalogOf } from '../shared/catalog/index.ts';
import { metered, type Store } from '../shared/catalog/store.ts';
import { createUnitMeter, type UnitMeter } from '../shared/catalog/units.ts';
import {
  type ChatApi,
  type ChatClient,
  type CodeEvent,
  createChatClient,
  endpointOf,
} from '../shared/chat/index.ts';
import {
  type AppConfig,
  ConfigError,
  ENV,
  type Environment,
  GET_TOPIC_CEILING,
  readAppConfig,
  readResources,
  text,
} from '../shared/config.ts';
import { createLogger, type Logger } from '../shared/logger.ts';
import type { Queue } from '../shared/queue/send.ts';
import { LIST_BUDGET, topicBudget } from '../shared/rate/budget.ts';
import { createPacer, type Pacer } from '../shared/rate/pacer.ts';
import { leaseFromTable } from '../shared/rate/slotLease.ts';

/** What the functions are wired from: one app's settings and the clients of the services around them. */
export interface Parts {
  readonly app: AppConfig;
  readonly store: Store;
  readonly communitiesQueue: Queue;
  readonly closingQueue: Queue;
  readonly chat: ChatClient;
  readonly logger: Logger;
  readonly now: () => number;
}

/** What a local run puts in the place of AWS. */
export interface Substitutes {
  readonly dynamodb?: DynamoDBClient;
  readonly sqs?: SQSClient;
  readonly logger?: Logger;
  readonly secretKey?: (refresh: boolean) => Promise<string>;
  /** Told of every call that is about to be sent. */
  readonly onCall?: (api: ChatApi) => void;
}

/**
 * A write of which nothing is heard is given up within the 4 s that a writer keeps back at the end of its lease;
 * DynamoDB answers in milliseconds.
 */
const DYNAMODB: DynamoDBClientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 1000, throwOnRequestTimeout: true },
};

/** How long all calls pause after an answer that they come too fast. */
const SLOW_DOWN_MS = 1000;

/**
 * Wires the parts from the environment.
 * @throws {ConfigError} or an endpoint error naming the variable that is missing or wrong
 */
export function partsFrom(env: Environment, substitutes: Substitutes = {}): Parts {
  const app = readAppConfig(env);
  const resources = readResources(env);
  const logger = (substitutes.logger ?? createLogger()).with({ sdkAppId: app.sdkAppId });
  const store = { client: substitutes.dynamodb ?? new DynamoDBClient(DYNAMODB), table: resources.table };
  const sqs = substitutes.sqs ?? new SQSClient({});
  return {
    app,
    store,
    communitiesQueue: { client: sqs, url: resources.communitiesQueueUrl },
    closingQueue: { client: sqs, url: resources.closingQueueUrl },
    chat: pacedChat(app, store, {
      endpoint: endpointFrom(env),
      secretKey: substitutes.secretKey ?? secretFrom(env),
      logger,
      onCall: substitutes.onCall,
    }),
    logger,
    now: Date.now,
  };
}

/** Base URL of the app's region, or its override. @throws an error naming the variable that is wrong */
export function endpointFrom(env: Environment): string {
  const region = text(env, ENV.region);
  const endpoint = text(env, ENV.endpoint);
  return endpointOf({ ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) });
}

/** The app's catalog, and a meter of what is done with it. */
export function meteredCatalog({ store, app }: Parts): { catalog: Catalog; units: UnitMeter } {
  const units = createUnitMeter();
  return { catalog: catalogOf(metered(store, units), app.sdkAppId), units };
}

interface ChatSurroundings {
  readonly endpoint: string;
  readonly secretKey: (refresh: boolean) => Promise<string>;
  readonly logger: Logger;
  readonly onCall: ((api: ChatApi) => void) | undefined;
}

function pacedChat(
  app: AppConfig,
  store: Store,
  { endpoint, secretKey, logger, onCall }: ChatSurroundings,
): ChatClient {
  const pacers = pacersFor(store, app);
  const { sdkAppId, identifier, fromAccount } = app;
  return createChatClient({
    sdkAppId,
    identifier,
    fromAccount,
    endpoint,
    secretKey,
    gate: async (api, signal) => {
      await pacers[api].acquire(signal);
      onCall?.(api);
    },
    onRateLimited: (api) => pacers[api].pause(SLOW_DOWN_MS),
    onError: ({ api, code, level: scope }: CodeEvent) => logger.warn('api.error', { api, code, scope }),
  });
}

function pacersFor(store: Store, { sdkAppId, callsPerSecond }: AppConfig): Record<ChatApi, Pacer> {
  const topics = topicBudget(callsPerSecond, GET_TOPIC_CEILING);
  const imports = { ...topics, api: 'import_topic' };
  const pacer = (budget: typeof topics) => createPacer(budget, leaseFromTable(store, sdkAppId, budget));
  return {
    get_appid_group_list: pacer(LIST_BUDGET),
    get_topic: pacer(topics),
    import_topic: pacer(imports),
  };
}

/** Reads the secret key from Secrets Manager, once, and again when Tencent refuses what it signs. */
function secretFrom(env: Environment): (refresh: boolean) => Promise<string> {
  const SecretId = text(env, ENV.secretId);
  if (SecretId === undefined) {
    throw new ConfigError(
      `${ENV.secretId} is not set; set it to the Secrets Manager id of the app's secret key`,
    );
  }
  const client = new SecretsManagerClient({});
  let secret: Promise<string> | undefined;
  return (refresh) => {
    if (!refresh && secret) return secret;
    const reading = readSecret(client, SecretId);
    // A reading that failed must not answer for the rest of the environment's life.
    reading.catch(() => {
      if (secret === reading) secret = undefined;
    });
    secret = reading;
    return reading;
  };
}

async function readSecret(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
  if (!SecretString) throw new ConfigError(`the secret that ${ENV.secretId} names holds no text`);
  return SecretString.trim();
}
