import type { TransportDetail } from './errors.ts';

/** ETIMEDOUT before a connection stood; afterwards it means something else. */
const CONNECTING = 'ETIMEDOUT connect';

/** Failures before a connection stood: nothing was sent. */
const unreachable: { readonly [code: string]: string } = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'is not known to DNS',
  EAI_AGAIN: 'could not be looked up, DNS did not answer',
  EHOSTUNREACH: 'is unreachable',
  ENETUNREACH: 'is unreachable from this network',
  ERR_PROXY_TUNNEL: 'did not accept a connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
  [CONNECTING]: 'did not accept a connection in time',
};

/** Failures after that: the request may have arrived. */
const interrupted: { readonly [code: string]: string } = {
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'did not answer in time',
  UND_ERR_SOCKET: 'closed the connection before its answer was complete',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'did not finish its answer in time',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'closed the connection before its answer was complete',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'sent too long an answer',
};

/** OpenSSL's names, as Node passes them on. */
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/;

/** Those that an authority of one's own cures. */
const unknownAuthority = /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY_LEAF/;

/** A shorter time may have been too short for a connection to any host. */
const CONNECT_MS = 2000;

/** What whoever sends through a proxy writes on an error, so that it can be told where the call failed. */
export interface ProxyMark {
  /** The proxy as a user knows it: its host and port, and the variable that names it. No user name, no password. */
  readonly proxy: string;
  /** The HTTP status with which it refused to connect to the host. */
  readonly proxyStatus?: number;
}

type Reason = [reason: string, detail: TransportDetail];

/**
 * What went wrong below HTTP, from the code that fetch hides in `cause`: a short reason naming the host, and the proxy if
 * there was one. Nothing of the error's own text is used, for it may hold the URL.
 */
export function reasonOf(host: string, error: unknown): Reason {
  const { code, isRedirect, proxy, proxyStatus } = unwrap(error);
  if (proxy !== undefined && proxyStatus !== undefined) return refusedBy(proxy, proxyStatus, host);
  const before = unreachable[code];
  // Behind a proxy it is the proxy alone that this machine connects to: another host would fare no better.
  if (before && proxy !== undefined)
    return [`the proxy ${proxy}, through which ${host} is called, ${before}`, { neverSent: true }];
  if (before) return [`${host} ${before}`, { unreachable: true }];
  const name = through(host, proxy);
  if (certificate.test(code))
    return [`${name} has no acceptable certificate (${code})${remedyOf(code)}`, { neverSent: true }];
  if (isRedirect) return [`${name} redirects, which is not followed`, { neverSent: true }];
  const during = interrupted[code] ?? `failed to answer (${code || 'no reason given'})`;
  return [`${name} ${during}`, { neverSent: false }];
}

function remedyOf(code: string): string {
  return unknownAuthority.test(code) ? '; NODE_EXTRA_CA_CERTS can name the file of its authority' : '';
}

/** What a call that was given up after `timeoutMs` is told as. @param isUnsent whether it still waited for a connection */
export function silenceOf(host: string, error: unknown, timeoutMs: number, isUnsent: boolean): Reason {
  const name = through(host, unwrap(error).proxy);
  if (!isUnsent) return [`${name} did not answer in ${timeoutMs} ms`, {}];
  const detail = { neverSent: true, unreachable: timeoutMs >= CONNECT_MS };
  return [`${name} did not accept a connection in ${timeoutMs} ms`, detail];
}

/** The proxy has answered, and the host has not been reached. */
function refusedBy(proxy: string, status: number, host: string): Reason {
  if (status === 407)
    return [
      `the proxy ${proxy}, through which ${host} is called, wants another user name and password (HTTP status 407)`,
      { neverSent: true },
    ];
  return [`the proxy ${proxy} does not connect to ${host} (HTTP status ${status})`, { unreachable: true }];
}

function through(host: string, proxy: string | undefined): string {
  return proxy === undefined ? host : `${host}, through the proxy ${proxy},`;
}

interface Layer extends Partial<ProxyMark> {
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
  cause?: unknown;
  errors?: readonly unknown[];
}

interface Unwrapped extends Partial<ProxyMark> {
  readonly code: string;
  readonly isRedirect: boolean;
}

/** The innermost code: fetch wraps undici's error, which may wrap one error for each address tried. */
function unwrap(error: unknown): Unwrapped {
  let code = '';
  let isRedirect = false;
  let mark: Partial<ProxyMark> = {};
  let layer = error;
  for (let depth = 0; typeof layer === 'object' && layer !== null && depth < 5; depth++) {
    const { code: own, syscall, message, cause, errors, proxy, proxyStatus }: Layer = layer;
    if (typeof own === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(own)) code = own;
    if (code === 'ETIMEDOUT' && syscall === 'connect') code = CONNECTING;
    if (message === 'unexpected redirect') isRedirect = true;
    if (proxy !== undefined) mark = { proxy, ...(proxyStatus !== undefined && { proxyStatus }) };
    layer = cause ?? errors?.[0];
  }
  return { code, isRedirect, ...mark };
}
