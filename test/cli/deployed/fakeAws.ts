import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stack as CloudFormation describes it. */
export interface FakeStack {
  readonly name: string;
  readonly status?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** An error as the services answer it. */
export interface FakeError {
  readonly status?: number;
  readonly code: string;
  readonly message?: string;
}

/** What the servers answer; a test changes it as it goes on. */
export interface Taught {
  stacks: readonly FakeStack[];
  /** Errors by operation: `DescribeStacks` (of one), `ListStacks` (DescribeStacks of all), `Invoke`, `GetSecretValue`. */
  errors: Readonly<Record<string, FakeError>>;
  /** What a function's asynchronous invocation does after it is accepted. */
  onInvoke(functionName: string, event: unknown): void;
  /** What a function answers to whom waits for it. */
  onCall(functionName: string, event: unknown): Promise<unknown>;
  /** Log groups by function. */
  logGroups: Readonly<Record<string, string>>;
  /** Environments by function. */
  environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Executions at once that the account has left, and most consumers by function. */
  concurrency: { unreserved: number; consumers: Readonly<Record<string, number>> };
  /** Texts of secrets by id. */
  secrets: Readonly<Record<string, string>>;
}

export interface FakeAws {
  readonly endpoint: string;
  readonly taught: Taught;
  /** Functions invoked, with their events and how. */
  readonly invoked: readonly { functionName: string; event: unknown; type: string | undefined }[];
  close(): Promise<void>;
}

/** Plays CloudFormation, Lambda and Secrets Manager in their own protocols; refuses what it was not taught. */
export async function openFakeAws(): Promise<FakeAws> {
  const taught: Taught = {
    ...{ stacks: [], errors: {}, onInvoke: () => {}, onCall: async () => null },
    ...{ logGroups: {}, environments: {}, secrets: {}, concurrency: { unreserved: 1000, consumers: {} } },
  };
  const invoked: FakeAws['invoked'][number][] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const url = new URL(request.url ?? '', 'http://aws');
    const lambda = /^\/2015-03-31\/functions\/([^/]+)\/(invocations|configuration)$/.exec(request.url ?? '');
    const [, functionName = '', what] = lambda ?? [];
    if (header(request, 'x-amz-target') === 'secretsmanager.GetSecretValue')
      answerSecret(taught, JSON.parse(body) as { SecretId: string }, response);
    else if (url.pathname === '/2016-08-19/account-settings')
      answerJson(response, {
        AccountLimit: { UnreservedConcurrentExecutions: taught.concurrency.unreserved },
      });
    else if (url.pathname === '/2015-03-31/event-source-mappings')
      answerMappings(taught, url.searchParams.get('FunctionName') ?? '', response);
    else if (what === undefined) answerQuery(taught, new URLSearchParams(body), response);
    else if (what === 'configuration') answerConfiguration(taught, functionName, response);
    else if (taught.errors['Invoke']) refuseJson(response, taught.errors['Invoke']);
    else {
      const event: unknown = JSON.parse(body);
      const type = header(request, 'x-amz-invocation-type');
      invoked.push({ functionName, event, type });
      if (type !== 'Event') return void answerCall(taught, functionName, event, response);
      response.writeHead(202).end();
      taught.onInvoke(functionName, event);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taught,
    invoked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function answerQuery(taught: Taught, query: URLSearchParams, response: ServerResponse): void {
  const found =
    query.get('Action') === 'DescribeStacks' ? describe(taught, query.get('StackName')) : UNTAUGHT;
  if ('code' in found) refuseXml(response, found);
  else response.setHeader('content-type', 'text/xml').end(stacksXml(found));
}

const UNTAUGHT: FakeError = { code: 'InvalidAction', message: 'DescribeStacks is all that is taught here' };

function describe({ stacks, errors }: Taught, name: string | null): readonly FakeStack[] | FakeError {
  const error = errors[name === null ? 'ListStacks' : 'DescribeStacks'];
  if (error) return error;
  const found = name === null ? stacks : stacks.filter((stack) => stack.name === name);
  if (name === null || found.length > 0) return found;
  return { code: 'ValidationError', message: `Stack with id ${name} does not exist` };
}

function stacksXml(stacks: readonly FakeStack[]): string {
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>${stacks.map(stackXml).join('')}</Stacks></DescribeStacksResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeStacksResponse>`;
}

function stackXml({ name, status = 'CREATE_COMPLETE', outputs = {} }: FakeStack): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<member><StackName>${name}</StackName><CreationTime>2026-11-22T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus><Outputs>${members.join('')}</Outputs></member>`;
}

function refuseXml(response: ServerResponse, { status = 400, code, message = code }: FakeError): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(
    `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  );
}

function answerConfiguration(taught: Taught, functionName: string, response: ServerResponse): void {
  const LogGroup = taught.logGroups[functionName];
  const Variables = taught.environments[functionName];
  if (LogGroup === undefined && !Variables)
    refuseJson(response, { code: 'AccessDeniedException', status: 403 });
  else {
    const found = {
      ...(LogGroup !== undefined && { LoggingConfig: { LogGroup } }),
      Environment: { Variables },
    };
    answerJson(response, { FunctionName: functionName, ...found });
  }
}

function answerMappings({ concurrency }: Taught, name: string, response: ServerResponse): void {
  const MaximumConcurrency = concurrency.consumers[name];
  const mappings = MaximumConcurrency === undefined ? [] : [{ ScalingConfig: { MaximumConcurrency } }];
  answerJson(response, { EventSourceMappings: mappings });
}

function answerSecret(
  { secrets, errors }: Taught,
  { SecretId }: { SecretId: string },
  response: ServerResponse,
) {
  const SecretString = secrets[SecretId];
  if (errors['GetSecretValue']) refuseJson(response, errors['GetSecretValue']);
  else if (SecretString === undefined) refuseJson(response, { code: 'ResourceNotFoundException' });
  else answerJson(response, { Name: SecretId, SecretString });
}

/** An error is answered with 200, and a header that says so (docs.aws.amazon.com, Lambda: Invoke). */
async function answerCall(taught: Taught, functionName: string, event: unknown, response: ServerResponse) {
  try {
    answerJson(response, (await taught.onCall(functionName, event)) as object);
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    response.setHeader('x-amz-function-error', 'Unhandled');
    answerJson(response, { errorType, errorMessage });
  }
}

function answerJson(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

function refuseJson(response: ServerResponse, { status = 400, code, message = code }: FakeError): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ message }));
}
