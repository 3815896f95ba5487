import { createCloseRunHandler } from '../../lambdas/close-run/handler.ts';
import { createListCommunitiesHandler } from '../../lambdas/list-communities/handler.ts';
import { type Parts, partsFrom } from '../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../lambdas/sync-community/handler.ts';
import { ENV } from '../../shared/config.ts';
import type { LogFields, Logger } from '../../shared/logger.ts';
import { Environment, type Surroundings } from './aws/environment.ts';
import { connect } from './aws/eventSource.ts';
import { Account, type Handler, VirtualFunction } from './aws/lambda.ts';
import { createQueueClient } from './aws/queueClient.ts';
import { PassingError } from './aws/retried.ts';
import { createTableClient } from './aws/tableClient.ts';
import { VirtualQueue } from './aws/virtualQueue.ts';
import type { VirtualTable } from './aws/virtualTable.ts';
import type { ChatServer } from './source/chatServer.ts';

/** As infra/ deploys them. */
const TIMEOUTS = { list: 900_000, sync: 60_000, close: 300_000 };
const VISIBILITY_FACTOR = 6;

/** For how long a process goes without leases that it has lost, and uses what it has in hand by then. */
const SHARES_MS = 5000 + 2000;

export interface DeploymentOptions {
  readonly table: VirtualTable;
  readonly chat: ChatServer;
  readonly callsPerSecond: number;
  readonly maxConcurrency: number;
  /** Most invocations of all functions at once. */
  readonly accountConcurrency: number;
  /** Items of a page of a query: few, so that small apps have several pages. */
  readonly pageItems: number;
  /** Messages of one invocation of a consumer; default 10. */
  readonly batchSize?: number;
  /** Told of every message to the communities queue. */
  onCommunityMessage(body: string): void;
  /** Told of every message that a consumer is given. */
  onDelivered?(body: string): void;
  onDeadLetter(queue: string, body: string): void;
}

/** The deployed functions behind virtual queues. */
export interface Deployment {
  readonly list: VirtualFunction;
  readonly sync: VirtualFunction;
  readonly close: VirtualFunction;
  readonly communities: VirtualQueue;
  readonly account: Account;
  /** Parts for a person at the command line. */
  operator(): Parts;
}

export function deploy(options: DeploymentOptions, around: Surroundings): Deployment {
  const queue = (name: string, timeoutMs: number, onSend?: (body: string) => void) =>
    new VirtualQueue(
      {
        name,
        visibilityMs: timeoutMs * VISIBILITY_FACTOR,
        repeatsAll: name === 'communities',
        onDead: (body) => options.onDeadLetter(name, body),
        ...(onSend && { onSend }),
      },
      around,
    );
  const communities = queue('communities', TIMEOUTS.sync, options.onCommunityMessage);
  const closing = queue('closing', TIMEOUTS.close);
  const partsIn = (environment: Environment) => partsOf(environment, [communities, closing], options, around);
  const account = new Account(options.accountConcurrency);
  const lambda = (name: string, timeoutMs: number, handler: (parts: Parts) => unknown) =>
    new VirtualFunction(
      { name, timeoutMs, account, create: (environment) => handler(partsIn(environment)) as Handler },
      around,
    );
  const list = lambda('list', TIMEOUTS.list, createListCommunitiesHandler);
  const sync = lambda('sync', TIMEOUTS.sync, createSyncCommunityHandler);
  const close = lambda('close', TIMEOUTS.close, createCloseRunHandler);
  const { batchSize = 10, maxConcurrency, onDelivered } = options;
  connect(communities, sync, { batchSize, maxConcurrency, ...(onDelivered && { onDelivered }) }, around);
  connect(closing, close, { batchSize: 1, maxConcurrency: 4 }, around);
  let operators = 0;
  return {
    list,
    sync,
    close,
    communities,
    account,
    operator: () => partsIn(new Environment(`operator#${++operators}`, around)),
  };
}

/** The functions' own parts, wired to virtual clients. */
function partsOf(
  environment: Environment,
  queues: readonly VirtualQueue[],
  { table, chat, callsPerSecond, maxConcurrency, pageItems }: DeploymentOptions,
  around: Surroundings,
): Parts {
  const { sdkAppId, secretKey } = chat.app;
  const settings = {
    [ENV.sdkAppId]: String(sdkAppId),
    [ENV.table]: 'mirror',
    [ENV.communitiesQueue]: 'communities',
    [ENV.closingQueue]: 'closing',
    [ENV.endpoint]: chat.endpointFor(environment),
    [ENV.callsPerSecond]: String(callsPerSecond),
    [ENV.callers]: String(maxConcurrency + 1),
  };
  return partsFrom(settings, {
    dynamodb: createTableClient(table, around, environment, pageItems),
    sqs: createQueueClient(queues, around, environment),
    secretKey: () =>
      environment.effect('GetSecretValue', async () => {
        if (around.weather.strikes('secret unreadable')) throw new PassingError('InternalServiceError');
        return secretKey;
      }),
    logger: tracing(environment, around),
  });
}

/** Warnings and errors are part of the trace; nothing is printed. */
function tracing(environment: Environment, { trace, time }: Surroundings): Logger {
  const write = (event: string, fields?: LogFields) => {
    if (event === 'rate.leases-lost') environment.sharesUntil = time.now() + SHARES_MS;
    if (!environment.dead) trace.add(`${environment.name} logs ${event} ${fields?.['message'] ?? ''}`);
  };
  const logger: Logger = { info: () => {}, warn: write, error: write, with: () => logger };
  return logger;
}
