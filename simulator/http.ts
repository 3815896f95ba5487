import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

const MAX_BODY_BYTES = 8 * 1_048_576;

/** The whole body; a longer one than 8 MiB closes the connection. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the request body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Without a reply, closes the connection. */
export function send(response: ServerResponse, reply: Reply | undefined): void {
  if (!reply) {
    response.destroy();
    return;
  }
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  const headers = { 'content-type': 'application/json', 'content-length': body.length, ...reply.headers };
  response.writeHead(reply.status, headers).end(body);
}

/** Whether an address, as a socket gives it, is this machine's own loopback interface. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127\.|^::1$/.test(address);
}
