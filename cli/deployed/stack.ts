import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { parseSdkAppId } from '../../shared/config.ts';
import { type AppOutput, appOutput, OUTPUTS } from '../../shared/deployment.ts';
import { CommandError, EXIT } from '../exit.ts';

/** A deployed stack, as its outputs describe it. */
export interface Deployment {
  readonly stack: string;
  readonly table: string;
  /** SDKAppIDs of the stack's apps. */
  readonly apps: readonly number[];
  /** The name or URL of something that the app has for itself. @throws {CommandError} when the stack has none */
  resource(sdkAppId: number, what: AppOutput): string;
}

/** A stack's name (docs.aws.amazon.com, API_CreateStack). */
const STACK_NAME = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/;

/** Pages of stacks that a search for the right name reads; a page holds at most 1 MB of stacks. */
const SEARCHED_PAGES = 5;

/**
 * Finds a deployed mirror by the name of its stack.
 * @throws {CommandError} when there is none, it is not ready, it is something else, or AWS is in the way
 */
export async function findDeployment(client: CloudFormationClient, name: string): Promise<Deployment> {
  if (!STACK_NAME.test(name)) throw new CommandError(`${JSON.stringify(name)} is not the name of a stack`);
  const stack = await describe(client, name);
  refuseUnready(name, stack.StackStatus ?? '');
  return deploymentOf(stack, await client.config.region());
}

async function describe(client: CloudFormationClient, name: string): Promise<Stack> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (stack) return stack;
  } catch (error) {
    const { name: code, message } = error as Error;
    // CloudFormation has no error of its own for it.
    if (code !== 'ValidationError' || !message.includes('does not exist')) throw error;
  }
  const others = await namesOfMirrors(client).catch(() => undefined);
  const region = await client.config.region();
  throw new CommandError(`there is no stack ${name} in ${region} of this account; ${remedy(others)}`);
}

function remedy(others: readonly string[] | undefined): string {
  const elsewhere = 'AWS_REGION and AWS_PROFILE choose another region and account';
  if (others === undefined) return `check the name; ${elsewhere}`;
  if (others.length === 0) return `no other stack there is a Topic Mirror; ${elsewhere}`;
  return `${others.join(', ')} ${others.length === 1 ? 'is a Topic Mirror' : 'are Topic Mirrors'} there; ${elsewhere}`;
}

async function namesOfMirrors(client: CloudFormationClient): Promise<string[]> {
  const names: string[] = [];
  let pages = 0;
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    const ours = Stacks.filter((stack) => outputsOf(stack).has(OUTPUTS.table));
    names.push(...ours.map(({ StackName = '' }) => StackName));
    if (++pages === SEARCHED_PAGES) break;
  }
  return names.sort();
}

/** A stack that is being updated, or whose update failed, still has the outputs and the resources of before. */
function refuseUnready(name: string, status: string): void {
  if (status === 'CREATE_IN_PROGRESS')
    throw new CommandError(
      `the stack ${name} is still being created; try again when its deployment has ended`,
      EXIT.unreachable,
    );
  if (status === 'REVIEW_IN_PROGRESS')
    throw new CommandError(`the stack ${name} is only prepared, nothing of it is deployed; deploy it first`);
  if (/^(CREATE_FAILED|ROLLBACK_)/.test(status))
    throw new CommandError(
      `the stack ${name} could not be created (${status}); its events in CloudFormation say why, delete it and deploy it again`,
    );
  if (status === 'DELETE_IN_PROGRESS' || status === 'DELETE_COMPLETE')
    throw new CommandError(`the stack ${name} is deleted (${status}); deploy it again`);
}

function deploymentOf(stack: Stack, region: string): Deployment {
  const name = stack.StackName ?? '';
  const outputs = outputsOf(stack);
  const table = outputs.get(OUTPUTS.table);
  const apps = (outputs.get(OUTPUTS.apps) ?? '').split(',').map((app) => parseSdkAppId(app.trim()));
  const known = apps.filter((app) => app !== undefined);
  if (table === undefined || known.length === 0) {
    const missing = table === undefined ? OUTPUTS.table : OUTPUTS.apps;
    throw new CommandError(
      `the stack ${name} in ${region} is not a Topic Mirror: it has no output ${missing}; check the name`,
    );
  }
  return { stack: name, table, apps: known, resource: (app, what) => resourceOf(name, outputs, app, what) };
}

function resourceOf(
  stack: string,
  outputs: ReadonlyMap<string, string>,
  app: number,
  what: AppOutput,
): string {
  const value = outputs.get(appOutput(app, what));
  if (value !== undefined) return value;
  throw new CommandError(
    `the stack ${stack} has no output ${appOutput(app, what)}; deploy it again with this version`,
  );
}

function outputsOf({ Outputs = [] }: Stack): ReadonlyMap<string, string> {
  return new Map(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
