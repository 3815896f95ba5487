import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppState } from './app/state.ts';
import type { SimulatedApp } from './app/types.ts';
import { RestCalls } from './calls.ts';
import { Control } from './control.ts';
import { Faults } from './faults/faults.ts';
import { readBody, send } from './http.ts';
import { resolveOptions, type SimulatorOptions } from './options.ts';
import { type SimulatorStats, StatsBook } from './stats.ts';

const KEEP_ALIVE_MS = 60_000;

export interface Simulator {
  /** sdkAppId, identifier and secret key of the default app. */
  readonly defaults: { sdkAppId: number; identifier: string; secretKey: string };
  /**
   * Starts serving, on any free port of the loopback interface unless told otherwise.
   * @returns the base URL, such as http://127.0.0.1:4123
   * @throws Error that says so when the port is taken
   */
  listen(port?: number, host?: string): Promise<string>;
  /** Stops, and closes every connection, idle or not. */
  close(): Promise<void>;
  /** @throws RangeError when this server has no such app */
  app(sdkAppId?: number): SimulatedApp;
  /** The misbehaviour of an app's API: set it, switch it, read it. @throws RangeError when there is no such app */
  faults(sdkAppId?: number): Faults;
  stats(): SimulatorStats;
  /** Forgets the counts; the rate windows stay. */
  resetStats(): void;
}

/** A simulated Tencent Chat server with one app, or several. @throws RangeError that names the wrong option */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const resolved = resolveOptions(options);
  const apps = new Map<number, AppState>();
  const faults = new Map<number, Faults>();
  for (const { sdkAppId, identifier, secretKey, ...shape } of resolved.apps) {
    const identity = { sdkAppId, identifier, secretKey };
    apps.set(sdkAppId, new AppState(identity, { ...shape, quirks: resolved.quirks }, resolved.now));
    faults.set(sdkAppId, new Faults(resolved.faults));
  }
  const stats = new StatsBook([...apps.keys()]);
  const { sdkAppId, identifier, secretKey } = resolved;
  const defaults = { sdkAppId, identifier, secretKey };
  const calls = new RestCalls(resolved, apps, stats, faults);
  const server = serve(calls, new Control(apps, sdkAppId, stats, faults));
  return {
    defaults,
    listen: (port = 0, host = '127.0.0.1') => listen(server, port, host),
    close: () => close(server),
    app: (id = sdkAppId) => appNamed(apps, id),
    faults: (id = sdkAppId) => faults.get(appNamed(apps, id).sdkAppId) as Faults,
    stats: () => stats.stats(),
    resetStats: () => stats.reset(),
  };
}

function appNamed(apps: ReadonlyMap<number, AppState>, sdkAppId: number): SimulatedApp {
  const app = apps.get(sdkAppId);
  if (!app) throw new RangeError(`no app ${sdkAppId} here, only ${[...apps.keys()].join(', ')}`);
  return app;
}

function serve(calls: RestCalls, control: Control): Server {
  const server = createServer((request, response) => {
    handle(calls, control, request, response).catch((error: unknown) => {
      if (!response.destroyed) console.error('simulator:', error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function handle(
  calls: RestCalls,
  control: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const path = url.pathname;
  const bodyText = await readBody(request);
  if (path === '/simulator' || path.startsWith('/simulator/')) {
    await control.handle(request, url, bodyText, response);
  } else if (path.startsWith('/v4/')) {
    send(
      response,
      await calls.answer({ method: request.method ?? '', path, query: url.searchParams, bodyText }),
    );
  } else {
    send(response, { status: 404, body: '{"error":"nothing here; GET /simulator tells what there is"}\n' });
  }
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      const { address, family, port: actual } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(`port ${port} on ${host} is taken; choose another, or 0 for any free one`, {
    cause: error,
  });
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
