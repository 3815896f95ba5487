import { APP_OUTPUTS, appOutput, OUTPUTS } from '../../../shared/deployment.ts';
import type { SimulatorOptions } from '../../../simulator/index.ts';
import { createWorld, TABLE_NAME, type World } from '../../support/world.ts';
import { freshDataDir } from '../topicMirror.ts';
import { type FakeAws, type FakeStack, openFakeAws } from './fakeAws.ts';

/** A deployed mirror, as far as the command line can tell: a stack `prod`, its table and its queues. */
export interface Deployed {
  readonly aws: FakeAws;
  readonly world: World;
  readonly sdkAppId: number;
  /** A shell's environment that reaches it. */
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  close(): Promise<void>;
}

export const LIST_FUNCTION = 'prod-list-communities';
export const SYNC_FUNCTION = 'prod-sync-community';

export async function deploy(options: SimulatorOptions = {}): Promise<Deployed> {
  const [world, aws] = await Promise.all([createWorld(options), openFakeAws()]);
  const { store, app, communitiesQueue } = world.parts;
  aws.taught.stacks = [stackOf(world, 'prod', [app.sdkAppId])];
  world.queues.createQueue('topic-mirror-lost-nights');
  const endpoints = await Promise.all([store.client, communitiesQueue.client].map(endpointOf));
  const dataDir = freshDataDir();
  return {
    world,
    aws,
    sdkAppId: app.sdkAppId,
    dataDir,
    env: {
      ...credentials(aws.endpoint),
      AWS_ENDPOINT_URL_DYNAMODB: endpoints[0] ?? '',
      AWS_ENDPOINT_URL_SQS: endpoints[1] ?? '',
      TOPIC_MIRROR_DATA_DIR: dataDir,
    },
    close: async () => {
      await Promise.all([world.close(), aws.close()]);
    },
  };
}

/** A stack with the outputs that the infrastructure writes. */
export function stackOf({ parts }: World, name: string, apps: readonly number[]): FakeStack {
  const outputs = apps.flatMap((app) => [
    [appOutput(app, APP_OUTPUTS.communitiesQueue), reachable(parts.communitiesQueue.url)],
    [appOutput(app, APP_OUTPUTS.closingQueue), reachable(parts.closingQueue.url)],
    [appOutput(app, APP_OUTPUTS.deadLetterQueue), reachable(`${parts.communitiesQueue.url}-dead-letters`)],
    [appOutput(app, APP_OUTPUTS.closingDeadLetterQueue), reachable(`${parts.closingQueue.url}-dead-letters`)],
    [appOutput(app, APP_OUTPUTS.lostNightsQueue), reachable(lostNightsUrl(parts))],
    [appOutput(app, APP_OUTPUTS.listFunction), LIST_FUNCTION],
    [appOutput(app, APP_OUTPUTS.syncFunction), SYNC_FUNCTION],
    [appOutput(app, APP_OUTPUTS.schedule), '0 2 * * ? * UTC'],
  ]);
  return {
    name,
    outputs: {
      [OUTPUTS.table]: TABLE_NAME,
      [OUTPUTS.apps]: apps.join(','),
      ...Object.fromEntries(outputs),
    },
  };
}

/** The queue server's own URLs have a host that is none, of which the SDK warns on stderr. */
function reachable(url: string): string {
  return url.replace('//sqs.us-east-1.', '//');
}

/** URL of the queue of nights that did not begin. */
export function lostNightsUrl({ closingQueue }: World['parts']): string {
  return closingQueue.url.replace(/closing$/, 'lost-nights');
}

/** An environment whose CloudFormation and Lambda are at `endpoint`. */
export function credentials(endpoint: string): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint,
    AWS_ENDPOINT_URL_LAMBDA: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  };
}

async function endpointOf(
  client: World['parts']['store']['client'] | World['parts']['closingQueue']['client'],
) {
  const { protocol, hostname, port } = (await client.config.endpoint?.()) ?? {};
  return `${protocol}//${hostname}:${port}`;
}
