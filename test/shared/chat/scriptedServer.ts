import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ChatClient,
  type ChatClientOptions,
  createChatClient,
  parseJson,
} from '../../../shared/chat/index.ts';

export const secretKey = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e';

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  contentType: string | undefined;
  /** The body as it was sent. */
  body: string;
}

/** How one request is answered: an object as JSON, a string as it is, a function by itself. */
export type Step = object | string | ((response: ServerResponse, request: IncomingMessage) => void);

export interface ScriptedServer {
  endpoint: string;
  seen: SeenRequest[];
}

/** Answers requests in the order of the script; one the script does not foresee fails the test. */
export async function withServer(
  script: Step[],
  use: (server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const steps = [...script];
  const seen: SeenRequest[] = [];
  const surprises: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(await read(request));
    const step = steps.shift();
    if (step === undefined) {
      surprises.push(`${request.method} ${new URL(request.url ?? '', 'http://host').pathname}`);
      response.destroy();
    } else if (typeof step === 'function') step(response, request);
    else response.end(typeof step === 'string' ? step : JSON.stringify(step));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  if (surprises.length > 0) throw new Error(`the server was not taught to answer: ${surprises.join(', ')}`);
  if (steps.length > 0) throw new Error(`${steps.length} steps of the script were never asked for`);
}

async function read(request: IncomingMessage): Promise<SeenRequest> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const url = new URL(request.url ?? '', 'http://host');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers['content-type'],
    body,
  };
}

export const ok = (fields: object) => ({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...fields });
export const fail = (code: number, info = 'refused') => ({
  ActionStatus: 'FAIL',
  ErrorCode: code,
  ErrorInfo: info,
});
export const noTopics = ok({ TopicAndSelfInfo: [] });

/** A client that notes how long it would have slept instead of sleeping. */
export function clientOf(
  endpoint: string,
  options: Partial<ChatClientOptions> = {},
): { client: ChatClient; slept: number[] } {
  const slept: number[] = [];
  const client = createChatClient({
    sdkAppId: 1400000000,
    identifier: 'administrator',
    endpoint,
    secretKey: async () => secretKey,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
    },
    ...options,
  });
  return { client, slept };
}

/** What the promise rejects with; a test that expected a failure and got none fails here. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`expected a failure, got ${JSON.stringify(outcome.value)}`);
}

export const bodyOf = (request: SeenRequest | undefined) => parseJson(request?.body ?? 'null');
