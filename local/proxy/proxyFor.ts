import { ConfigError, type Environment, text } from '../../shared/config.ts';
import { isLoopback } from '../../shared/loopback.ts';
import { isExcluded } from './excluded.ts';

/** A proxy that the environment names. */
export interface NamedProxy {
  /** Its URL with a port, a user name and a password, if it has some. */
  readonly url: string;
  /** What a message calls it: host, port and variable. */
  readonly name: string;
}

/** curl's order: what is meant for a protocol before what is meant for all, lower case before upper case. */
const VARIABLES = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const;

/** curl's ports for a proxy that is named without one. */
const PORTS: { readonly [protocol: string]: number } = { 'http:': 1080, 'https:': 443 };

/**
 * The proxy through which a URL is called, as curl would choose it; undefined when it is called directly. This machine
 * is never reached through a proxy.
 * Source: https://everything.curl.dev/usingproxies/env.html. Unlike curl, HTTP_PROXY counts in upper case, too.
 * @throws {ConfigError} when the variable names no proxy that can be used
 */
export function proxyFor({ protocol, hostname }: URL, env: Environment): NamedProxy | undefined {
  if (isLoopback(hostname) || isExcluded(hostname, env)) return undefined;
  const variable = VARIABLES[protocol as keyof typeof VARIABLES].find((name) => text(env, name));
  return variable && parsed(variable, text(env, variable) ?? '');
}

/** Whether any URL may have to be called through a proxy. */
export function namesProxy(env: Environment): boolean {
  return Object.values(VARIABLES).some((names) => names.some((name) => text(env, name)));
}

/** The value itself stays out of the messages: it may hold a password. */
function parsed(variable: string, value: string): NamedProxy {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url?.hostname)
    throw new ConfigError(
      `${variable} is not the address of a proxy; allowed: http://host:port or https://host:port`,
    );
  const port = PORTS[url.protocol];
  if (port === undefined)
    throw new ConfigError(
      `${variable} names a proxy of the kind ${url.protocol.slice(0, -1)}; allowed: http://host:port or https://host:port`,
    );
  // A URL forgets the port that is its protocol's own.
  const hasPort = /:\d+$/.test(full.split('/')[2] ?? '');
  if (!hasPort) url.port = String(port);
  const shownPort = url.port || (url.protocol === 'https:' ? '443' : '80');
  return { url: url.href, name: `${url.hostname}:${shownPort} (${variable})` };
}
