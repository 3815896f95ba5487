import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a scripted server was asked, in order. */
export interface SeenCall {
  /** The operation, without the service's prefix. */
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export interface ScriptedAws {
  readonly endpoint: string;
  readonly seen: readonly SeenCall[];
  close(): Promise<void>;
}

/**
 * A server that answers a real SDK client's calls as a test tells it to: what the emulators never do, such as
 * throttling.
 */
export async function openScriptedAws(answer: (call: SeenCall, nth: number) => object): Promise<ScriptedAws> {
  const seen: SeenCall[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const call = { operation, input: JSON.parse(body) as Record<string, unknown> };
    seen.push(call);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(answer(call, seen.length)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
