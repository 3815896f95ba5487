import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/**
 * Has a server on a loopback port serve only those who name its key, and no page of a browser. A port has no owner:
 * every user of the machine and every page that one of them looks at can send requests to it.
 *
 * The key is the access key id of AWS's signatures, which every client of its SDK puts into each request. It is random, so
 * that whoever names it has been told it. The signature itself is not looked at: only those who may read everything
 * anyway can listen on loopback, and nobody else can repeat a request that they have seen.
 */
export function keepPrivate(server: Server, key: string): void {
  const others = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (!isOwn(request, key)) refuse(response);
    else for (const listener of others) listener.call(server, request, response);
  });
}

/** A page's request has an Origin, or the Host of the page's own name if that was made to lead here. */
function isOwn({ headers, socket }: IncomingMessage, key: string): boolean {
  const { origin, host, authorization = '' } = headers;
  if (origin !== undefined || host !== `127.0.0.1:${socket.localPort}`) return false;
  const [, named = ''] = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\//.exec(authorization) ?? [];
  return timingSafeEqual(hashOf(named), hashOf(key));
}

/** Of one length, as a comparison in constant time needs it. */
function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(response: ServerResponse): void {
  const __type = 'com.amazon.coral.service#AccessDeniedException';
  const message = 'this server belongs to another process';
  // What else the request has to say is not read.
  response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0', connection: 'close' });
  response.end(JSON.stringify({ __type, message }));
}
