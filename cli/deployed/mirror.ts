import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mirroredApps } from '../../shared/catalog/runs.ts';
import type { Store } from '../../shared/catalog/store.ts';
import type { AppOutput } from '../../shared/deployment.ts';
import type { Queue } from '../../shared/queue/send.ts';
import { chooseApp, type NamedApp } from '../chooseApp.ts';
import { CommandError } from '../exit.ts';
import type { Mirror } from '../mirror.ts';
import { clientSettings, inPlainWords } from './awsClient.ts';
import { type Deployment, findDeployment } from './stack.ts';

/** A deployed mirror, all its apps, and the clients that reach it. */
export interface DeployedMirror {
  readonly deployment: Deployment;
  readonly store: Store;
  /** One of the app's queues. @throws {CommandError} when the stack has no such output */
  queue(sdkAppId: number, what: Extract<AppOutput, `${string}QueueUrl`>): Queue;
  close(): void;
}

/** Finds a stack and opens its table and queues. @throws {CommandError} as {@link findDeployment} does */
export async function openDeployedMirror(stack: string): Promise<DeployedMirror> {
  const cloudformation = inPlainWords(new CloudFormationClient(clientSettings()));
  const dynamodb = inPlainWords(new DynamoDBClient(clientSettings()));
  const sqs = inPlainWords(new SQSClient(clientSettings()));
  const clients = [cloudformation, dynamodb, sqs];
  try {
    const deployment = await findDeployment(cloudformation, stack);
    return {
      deployment,
      store: { client: dynamodb, table: deployment.table },
      queue: (sdkAppId, what) => ({ client: sqs, url: deployment.resource(sdkAppId, what) }),
      close: () => closeAll(clients),
    };
  } catch (error) {
    closeAll(clients);
    throw error;
  }
}

/**
 * Opens one app of a deployed mirror for reading, hands it to `work`, and closes it.
 * @throws {CommandError} when there is nothing of it to read, or as {@link findDeployment} does
 */
export async function withDeployedMirror<T>(
  stack: string,
  named: NamedApp | undefined,
  work: (mirror: Mirror) => Promise<T>,
): Promise<T> {
  const { deployment, store, close } = await openDeployedMirror(stack);
  try {
    return await work({ store, sdkAppId: await readableApp(deployment, store, named) });
  } finally {
    close();
  }
}

/** An app that the stack has no more is still in the table: it can be read by name. */
async function readableApp(
  { stack, apps }: Deployment,
  store: Store,
  named: NamedApp | undefined,
): Promise<number> {
  const mirrored = await Array.fromAsync(mirroredApps(store));
  const candidates = named ? [...new Set([...apps, ...mirrored])] : apps;
  const app = chooseApp(named, candidates, `by the stack ${stack}`);
  if (mirrored.includes(app)) return app;
  throw new CommandError(
    `the stack ${stack} has mirrored nothing of the app ${app} yet; run "npm run -s mirror -- sync --stack ${stack}${apps.length > 1 ? ` --app ${app}` : ''}" first`,
  );
}

function closeAll(clients: readonly { destroy(): void }[]): void {
  for (const client of clients) client.destroy();
}
