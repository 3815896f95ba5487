import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** Where a proxy leads a host: to a port of this machine; or the HTTP status with which it refuses. */
export type Way = { readonly port: number } | { readonly status: number };

export interface ProxyServer {
  /** `host:port` of the proxy itself. */
  readonly address: string;
  /** What it was asked to lead to, `host:port` each; a tunnel that stays open is asked for once. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * A proxy as companies have it: tunnels for https (CONNECT), requests in its own name for http.
 * @param user `name:password` that it wants, if it wants one
 */
export async function openProxyServer(wayTo: (target: string) => Way, user?: string): Promise<ProxyServer> {
  const asked: string[] = [];
  const decide = (target: string, { headers }: IncomingMessage): Way => {
    const given = headers['proxy-authorization'];
    if (user !== undefined && given !== `Basic ${btoa(user)}`) return { status: 407 };
    asked.push(target);
    return wayTo(target);
  };

  const server = createServer((request, response) => {
    const { host, pathname, search } = new URL(request.url ?? '');
    const way = decide(host, request);
    if ('status' in way) return void response.writeHead(way.status).end();
    const { method, headers } = request;
    const there = { host: '127.0.0.1', port: way.port, path: pathname + search, method, headers };
    const onward = httpRequest(there, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => {});
    const way = decide(request.url ?? '', request);
    if ('status' in way) return void socket.end(`HTTP/1.1 ${way.status} Refused\r\n\r\n`);
    const onward = connect(way.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
