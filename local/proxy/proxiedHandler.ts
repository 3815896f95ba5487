import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { Environment } from '../../shared/config.ts';
import { marked } from './mark.ts';
import { type NamedProxy, namesProxy, proxyFor } from './proxyFor.ts';

/**
 * How long a proxy may take to make a tunnel. Without a limit, one that says nothing keeps the command from ending: the
 * SDK's timer gives up the call, and the socket to the proxy stays.
 */
const TUNNEL_MS = 3000;

type Handle = NodeHttpHandler['handle'];

/**
 * The `requestHandler` of an AWS client, with these settings, that calls through the proxies that the environment names;
 * the settings as they are when it names none. Errors carry a {@link ProxyMark}. Each client needs one of its own.
 */
export function proxiedHandler(
  options: NodeHttpHandlerOptions,
  env: Environment = process.env,
): NodeHttpHandlerOptions | NodeHttpHandler {
  return namesProxy(env) ? new ProxiedHandler(options, env) : options;
}

/** A client may call several hosts: those of its service and those that give it credentials. */
class ProxiedHandler extends NodeHttpHandler {
  readonly #options: NodeHttpHandlerOptions;
  readonly #env: Environment;
  readonly #ways = new Map<string, NodeHttpHandler>();

  constructor(options: NodeHttpHandlerOptions, env: Environment) {
    super(options);
    this.#options = options;
    this.#env = env;
  }

  override async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const proxy = proxyFor(new URL(`${request.protocol}//${request.hostname}`), this.#env);
    if (proxy === undefined) return super.handle(request, options);
    try {
      return await this.#wayThrough(proxy).handle(request, options);
    } catch (error) {
      throw marked(error, proxy);
    }
  }

  override destroy(): void {
    super.destroy();
    for (const way of this.#ways.values()) way.destroy();
  }

  #wayThrough({ url }: NamedProxy): NodeHttpHandler {
    const known = this.#ways.get(url);
    if (known) return known;
    const way = new NodeHttpHandler({
      ...this.#options,
      httpAgent: { proxyEnv: { http_proxy: url } },
      httpsAgent: { proxyEnv: { https_proxy: url }, timeout: TUNNEL_MS },
    });
    this.#ways.set(url, way);
    return way;
  }
}
