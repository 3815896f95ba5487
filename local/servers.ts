import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { forManyCalls } from '../shared/busyClient.ts';
import { DEFAULT_DATA_DIR, DEFAULT_TABLE, ENV, type Environment, text } from '../shared/config.ts';
import { openEmbeddedQueue } from './embeddedQueue.ts';
import type { EmbeddedServer } from './embeddedServer.ts';
import { openEmbeddedStore } from './embeddedStore.ts';
import { ensureQueues, ensureTable, type QueueUrls } from './resources.ts';

/** The table that local commands work on. */
export interface LocalStore {
  readonly client: DynamoDBClient;
  readonly table: string;
  close(): Promise<void>;
}

/** The queues that local commands work on. */
export interface LocalQueues {
  readonly client: SQSClient;
  readonly urls: QueueUrls;
  close(): Promise<void>;
}

/** A server that the environment names did not answer. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Where the embedded store lives. */
export function dataDirOf(env: Environment): string {
  return text(env, ENV.dataDir) ?? DEFAULT_DATA_DIR;
}

/**
 * Opens the embedded store, or the server that AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL names, and makes sure
 * that the table is there.
 * @throws {ConfigError} when the data directory cannot be used
 * @throws {UnreachableError} when the named server does not answer
 */
export async function openStore(env: Environment): Promise<LocalStore> {
  const named = text(env, ENV.awsEndpointDynamoDb) ?? text(env, ENV.awsEndpoint);
  const server = named === undefined ? await openEmbeddedStore(dataDirOf(env)) : external(named);
  const client = forManyCalls(new DynamoDBClient(clientSettings(env, server.url, named !== undefined)));
  const table = text(env, ENV.table) ?? DEFAULT_TABLE;
  try {
    await ensureTable(client, table);
  } catch (error) {
    await server.close();
    throw unreachable('the DynamoDB server', server.url, error);
  }
  return { client, table, close: () => closeBoth(client, server) };
}

/**
 * Opens the embedded queue, or the server that AWS_ENDPOINT_URL_SQS or AWS_ENDPOINT_URL names.
 * @throws {UnreachableError} when the named server does not answer
 */
export async function openQueues(env: Environment): Promise<LocalQueues> {
  const named = text(env, ENV.awsEndpointSqs) ?? text(env, ENV.awsEndpoint);
  const server = named === undefined ? await openEmbeddedQueue() : external(named);
  const client = forManyCalls(new SQSClient(clientSettings(env, server.url, named !== undefined)));
  try {
    return { client, urls: await ensureQueues(client), close: () => closeBoth(client, server) };
  } catch (error) {
    await server.close();
    throw unreachable('the SQS server', server.url, error);
  }
}

function external(url: string): EmbeddedServer {
  return { url, close: async () => {} };
}

/** Emulators want credentials but do not check them: without any in the environment, made-up ones do. */
function clientSettings(env: Environment, endpoint: string, isExternal: boolean) {
  const own = isExternal && (env['AWS_ACCESS_KEY_ID'] !== undefined || env['AWS_PROFILE'] !== undefined);
  return {
    endpoint,
    region: env['AWS_REGION'] ?? 'us-east-1',
    ...(!own && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}

function unreachable(what: string, url: string, error: unknown): UnreachableError {
  const { message, code } = error as Error & { code?: string };
  return new UnreachableError(`${what} at ${url} cannot be used: ${code ?? message}`);
}

async function closeBoth(client: { destroy(): void }, server: EmbeddedServer): Promise<void> {
  client.destroy();
  await server.close();
}
