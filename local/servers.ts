import { BatchExecuteStatementCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { forManyCalls } from '../shared/busyClient.ts';
import { TABLE } from '../shared/catalog/table.ts';
import { type ProxyMark, reasonOf } from '../shared/chat/transportReason.ts';
import { DEFAULT_DATA_DIR, DEFAULT_TABLE, ENV, type Environment, text } from '../shared/config.ts';
import { openEmbeddedQueue } from './embeddedQueue.ts';
import type { EmbeddedServer, PrivateAddress } from './embeddedServer.ts';
import { DataDirBusyError, openEmbeddedStore } from './embeddedStore.ts';
import { localTroubleIn } from './localTrouble.ts';
import { proxiedHandler } from './proxy/proxiedHandler.ts';
import { ensureQueues, ensureTable, type QueueUrls } from './resources.ts';
import { sharedServers } from './sharedServers.ts';
import { askDirectly } from './storeClient.ts';

/** The table that local commands work on. */
export interface LocalStore {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Where the embedded server is, if it is this process's. */
  readonly embedded?: PrivateAddress;
  /** Aborts when the embedded server cannot go on, with the reason for a user. */
  readonly failed: AbortSignal;
  close(): Promise<void>;
}

/** The queues that local commands work on. */
export interface LocalQueues {
  readonly client: SQSClient;
  readonly urls: QueueUrls;
  /** Where the embedded server is, if it is this process's. */
  readonly embedded?: PrivateAddress;
  /** Aborts when the embedded server cannot go on, with the reason for a user. */
  readonly failed: AbortSignal;
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
 * @param patienceMs how long another process is waited for that has the data directory
 * @throws {ConfigError} when the data directory cannot be used
 * @throws {UnreachableError} when the named server does not answer
 */
export async function openStore(env: Environment, patienceMs?: number): Promise<LocalStore> {
  const named = namedStore(env);
  if (named !== undefined) return storeAt(env, external({ url: named }), true);
  const server = await openEmbeddedStore(dataDirOf(env), patienceMs);
  const store = await storeAt(env, server, false).catch((error: unknown) => {
    // The reason is the machine's, not that its own server is not reached.
    server.failed.throwIfAborted();
    throw error;
  });
  return { ...store, client: askDirectly(store.client, server.ask), embedded: addressOf(server) };
}

/** The server that the environment names in the embedded one's place. */
export function namedStore(env: Environment): string | undefined {
  return text(env, ENV.awsEndpointDynamoDb) ?? text(env, ENV.awsEndpoint);
}

/** How often a folder is tried whose process is just beginning or ending, and for how long each time. */
const REACH_ATTEMPTS = 20;
const REACH_MS = 200;

/**
 * Opens the store as {@link openStore} does; but while another command holds the data directory, its server is used: for
 * all that may go on beside a night.
 */
export async function reachStore(env: Environment): Promise<LocalStore> {
  if (namedStore(env) !== undefined) return openStore(env);
  for (let attempt = 1; ; attempt++) {
    const borrowed = await borrowStore(env);
    if (borrowed) return borrowed;
    try {
      return await openStore(env, REACH_MS);
    } catch (error) {
      if (!(error instanceof DataDirBusyError) || attempt === REACH_ATTEMPTS) throw error;
    }
  }
}

/** The store of a command that holds the data directory; undefined when none can be reached. */
export async function borrowStore(env: Environment): Promise<LocalStore | undefined> {
  const { dynamodb } = sharedServers(dataDirOf(env)) ?? {};
  if (dynamodb === undefined) return undefined;
  // It may have ended since, or have been killed, and something else has its number.
  return storeAt(env, external(dynamodb), false).catch(() => undefined);
}

async function storeAt(env: Environment, server: Server, isNamed: boolean): Promise<LocalStore> {
  const client = forManyCalls(new DynamoDBClient(clientSettings(env, server, isNamed)));
  const table = tableOf(env);
  try {
    await ensureTable(client, table);
    if (isNamed) await checkStatements(client, table);
  } catch (error) {
    await closeBoth(client, server);
    throw unreachable('the DynamoDB server', server.url, error);
  }
  return { client, table, failed: server.failed, close: () => closeBoth(client, server) };
}

/**
 * Topics are stored by statements that not every DynamoDB-compatible server knows: better said at once than by a night
 * that fails everywhere. The statement inserts nothing, since it lacks the sort key, which is told of it alone.
 * @throws {Error} when the server does not know the request
 */
async function checkStatements(client: DynamoDBClient, table: string): Promise<void> {
  const Statement = `INSERT INTO "${table}" VALUE {'${TABLE.partitionKey}': ?}`;
  try {
    await client.send(
      new BatchExecuteStatementCommand({ Statements: [{ Statement, Parameters: [{ S: 'none' }] }] }),
    );
  } catch (error) {
    if ((error as Error).name !== 'UnknownOperationException') throw error;
    throw new Error(
      'it knows no PartiQL (BatchExecuteStatement), by which new topics are stored; take another server, such as DynamoDB Local, or the embedded one',
    );
  }
}

function tableOf(env: Environment): string {
  return text(env, ENV.table) ?? DEFAULT_TABLE;
}

/**
 * Opens the embedded queue, or the server that AWS_ENDPOINT_URL_SQS or AWS_ENDPOINT_URL names.
 * @throws {UnreachableError} when the named server does not answer
 */
export async function openQueues(env: Environment): Promise<LocalQueues> {
  const named = text(env, ENV.awsEndpointSqs) ?? text(env, ENV.awsEndpoint);
  if (named !== undefined) return queuesAt(env, external({ url: named }), true);
  const server = await openEmbeddedQueue();
  return { ...(await queuesAt(env, server, false)), embedded: addressOf(server) };
}

/** The queues of a command that is at work, or those that the environment names; undefined when there are none. */
export async function borrowQueues(env: Environment): Promise<LocalQueues | undefined> {
  if (text(env, ENV.awsEndpointSqs) ?? text(env, ENV.awsEndpoint)) return openQueues(env);
  const { sqs } = sharedServers(dataDirOf(env)) ?? {};
  return sqs === undefined ? undefined : queuesAt(env, external(sqs), false).catch(() => undefined);
}

async function queuesAt(env: Environment, server: Server, isNamed: boolean): Promise<LocalQueues> {
  const client = forManyCalls(new SQSClient(clientSettings(env, server, isNamed)));
  try {
    const urls = await ensureQueues(client);
    return { client, urls, failed: server.failed, close: () => closeBoth(client, server) };
  } catch (error) {
    await closeBoth(client, server);
    throw unreachable('the SQS server', server.url, error);
  }
}

/** An embedded server, or one that only emulates: it has no key. */
type Server = Omit<EmbeddedServer, 'key'> & Partial<PrivateAddress>;

/** A server that is not this process's: it ends by itself. */
function external(address: Partial<PrivateAddress> & Pick<PrivateAddress, 'url'>): Server {
  return { ...address, failed: new AbortController().signal, close: async () => {} };
}

function addressOf({ url, key }: EmbeddedServer): PrivateAddress {
  return { url, key };
}

/** Emulators want credentials but do not check them: without any in the environment, made-up ones do. */
function clientSettings(env: Environment, { url, key = 'local' }: Server, isExternal: boolean) {
  const own = isExternal && (env['AWS_ACCESS_KEY_ID'] !== undefined || env['AWS_PROFILE'] !== undefined);
  return {
    endpoint: url,
    region: env['AWS_REGION'] ?? 'us-east-1',
    ...(isExternal && { requestHandler: proxiedHandler({}, env) }),
    ...(!own && { credentials: { accessKeyId: key, secretAccessKey: 'local' } }),
  };
}

function unreachable(what: string, url: string, error: unknown): Error {
  const trouble = localTroubleIn(error);
  if (trouble) return trouble;
  const { message, code, proxy } = error as Error & { code?: string } & Partial<ProxyMark>;
  const why = proxy === undefined ? (code ?? message) : reasonOf(new URL(url).host, error)[0];
  return new UnreachableError(`${what} at ${url} cannot be used: ${why}`);
}

async function closeBoth(client: { destroy(): void }, server: Server): Promise<void> {
  client.destroy();
  await server.close();
}
