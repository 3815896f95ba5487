import { type ApiName, apis, type Service, services } from './apis/index.ts';
import type { AppState } from './app/state.ts';
import { appOf } from './authenticate.ts';
import { Refusal } from './errors.ts';

export interface RestRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  bodyText: string;
}

export interface Route {
  app: AppState;
  api: ApiName;
}

/**
 * Which API of which app a request is for.
 * @param importServices the services that serve import_topic
 * @throws Refusal 60009 (no such service), 60002 (not a POST), 60012 or 60006 (which app?), 10003 (no such command)
 */
export function route(
  { method, path, query }: RestRequest,
  apps: ReadonlyMap<number, AppState>,
  importServices: readonly Service[],
): Route {
  const { service, command } = splitPath(path);
  if (method !== 'POST') throw new Refusal(60002, 'only POST is supported');
  const app = appOf(query, apps);
  const api = Object.hasOwn(apis, command) ? (command as ApiName) : undefined;
  const served = api === 'import_topic' ? importServices : api && apis[api].services;
  if (!api || !served?.includes(service)) throw new Refusal(10003, `${service}/${command}`);
  return { app, api };
}

function splitPath(path: string): { service: Service; command: string } {
  const [, version, service, command = '', ...rest] = path.split('/');
  const known = services.find((name) => name === service);
  if (version !== 'v4' || !known || rest.length > 0) throw new Refusal(60009);
  return { service: known, command };
}
