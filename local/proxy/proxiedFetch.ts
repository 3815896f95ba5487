import type { Environment } from '../../shared/config.ts';
import { marked } from './mark.ts';
import { type NamedProxy, namesProxy, proxyFor } from './proxyFor.ts';

/**
 * Node's fetch, or one that calls through the proxies that the environment names. Its errors carry a
 * {@link ProxyMark}; it rejects with a {@link ConfigError} when a variable names no proxy that can be used.
 */
export function proxiedFetch(env: Environment = process.env): typeof fetch {
  if (!namesProxy(env)) return fetch;
  const ways = new Map<string, Promise<typeof fetch>>();
  const wayThrough = (proxy: NamedProxy) => {
    const way = ways.get(proxy.url) ?? fetchThrough(proxy);
    ways.set(proxy.url, way);
    return way;
  };
  return async (input, init) => {
    const proxy = proxyFor(new URL(input instanceof Request ? input.url : input), env);
    const call = proxy ? await wayThrough(proxy) : fetch;
    return call(input, init);
  };
}

/**
 * How long a proxy may take to make a tunnel: less than an attempt. Without a limit, one that says nothing keeps the command
 * from ending for minutes.
 */
const TUNNEL_MS = 3000;

/** Node's fetch takes no proxy of one's own; the package that it is built from does. */
async function fetchThrough(proxy: NamedProxy): Promise<typeof fetch> {
  const { Pool, ProxyAgent, fetch: fetchWith } = await import('undici');
  const dispatcher = new ProxyAgent({
    uri: proxy.url,
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: TUNNEL_MS }),
  });
  const call = fetchWith as unknown as (input: unknown, init: object) => Promise<Response>;
  return async (input, init) => {
    try {
      return await call(input, { ...init, dispatcher });
    } catch (error) {
      throw marked(error, proxy);
    }
  };
}
