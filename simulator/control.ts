import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AppState } from './app/state.ts';
import { appOf } from './authenticate.ts';
import { type Verb, verbs } from './controlVerbs.ts';
import { describe } from './describe.ts';
import { Refusal } from './errors.ts';
import type { Faults } from './faults/faults.ts';
import type { FaultOptions, FaultSwitch } from './faults/options.ts';
import { isLoopback, send } from './http.ts';
import { type GroupType, groupTypes } from './ids.ts';
import { parseJson, toJson } from './json.ts';
import type { StatsBook } from './stats.ts';

/** Reads and changes the simulated apps over HTTP, under /simulator. For callers on this machine only. */
export class Control {
  readonly #apps: ReadonlyMap<number, AppState>;
  readonly #defaultApp: number;
  readonly #stats: StatsBook;

  readonly #faults: ReadonlyMap<number, Faults>;

  constructor(
    apps: ReadonlyMap<number, AppState>,
    defaultApp: number,
    stats: StatsBook,
    faults: ReadonlyMap<number, Faults>,
  ) {
    this.#faults = faults;
    this.#apps = apps;
    this.#defaultApp = defaultApp;
    this.#stats = stats;
  }

  async handle(
    request: IncomingMessage,
    url: URL,
    bodyText: string,
    response: ServerResponse,
  ): Promise<void> {
    if (!isLoopback(request.socket.remoteAddress))
      return refuse(response, 403, 'for callers on this machine only');
    try {
      const path = url.pathname.slice('/simulator'.length + 1);
      const app = this.#app(url.searchParams);
      if (request.method === 'GET') await this.#read(path, url.searchParams, app, response);
      else if (request.method === 'POST') this.#change(path, app, bodyText, response);
      else refuse(response, 405, 'GET or POST');
    } catch (error) {
      refuse(response, 400, error instanceof Error ? error.message : String(error), error);
    }
  }

  /** `?sdkappid=` selects an app; the default one otherwise. */
  #app(query: URLSearchParams): AppState {
    if (query.has('sdkappid')) return appOf(query, this.#apps);
    return this.#apps.get(this.#defaultApp) as AppState;
  }

  async #read(path: string, query: URLSearchParams, app: AppState, response: ServerResponse): Promise<void> {
    if (path === '') answer(response, describe([...this.#apps.values()]));
    else if (path === 'stats') answer(response, this.#stats.stats());
    else if (path === 'faults') answer(response, this.#faultsOf(app).state);
    else if (path === 'groups') answer(response, app.groupIds(groupTypeOf(query)));
    else if (path === 'topics') answer(response, app.topics(query.get('groupId') ?? ''));
    else if (path === 'state') await streamState(app, response);
    else refuse(response, 404, `no such thing to read: ${path}`);
  }

  #faultsOf({ sdkAppId }: AppState): Faults {
    return this.#faults.get(sdkAppId) as Faults;
  }

  /** `faults` sets what happens by chance, `fault` switches one kind. @throws RangeError that names a wrong field */
  #misbehave(path: 'faults' | 'fault', app: AppState, bodyText: string): unknown {
    const faults = this.#faultsOf(app);
    const body: unknown = parseJson(bodyText.trim() || '{}');
    return path === 'faults' ? faults.set(body as FaultOptions) : faults.switch(body as FaultSwitch);
  }

  #change(path: string, app: AppState, bodyText: string, response: ServerResponse): void {
    if (path === 'stats/reset') this.#stats.reset();
    const verb = Object.hasOwn(verbs, path) ? (verbs as Record<string, Verb>)[path] : undefined;
    if (path === 'stats/reset') answer(response, {});
    else if (path === 'faults' || path === 'fault') answer(response, this.#misbehave(path, app, bodyText));
    else if (verb) answer(response, verb(app, bodyText) ?? {});
    else refuse(response, 404, `no such change: ${path}`);
  }
}

/** JSON lines, a community each, as fast as the reader takes them. */
async function streamState(app: AppState, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  await pipeline(Readable.from(stateLines(app)), response).catch(() => undefined); // the reader left
}

function* stateLines(app: AppState): Generator<string> {
  for (const community of app.state()) yield `${toJson(community)}\n`;
}

function groupTypeOf(query: URLSearchParams): GroupType | undefined {
  const text = query.get('type');
  if (text === null) return undefined;
  const type = groupTypes.find((name) => name === text);
  if (!type) throw new RangeError(`type must be one of ${groupTypes.join(', ')}`);
  return type;
}

function answer(response: ServerResponse, value: unknown): void {
  send(response, { status: 200, body: `${toJson(value)}\n` });
}

function refuse(response: ServerResponse, status: number, error: string, cause?: unknown): void {
  const code = cause instanceof Refusal ? { errorCode: cause.errorCode } : {};
  send(response, { status, body: `${toJson({ error, ...code })}\n` });
}
