import type { ProxyMark } from '../../shared/chat/transportReason.ts';
import type { NamedProxy } from './proxyFor.ts';

/** An error of a call that went through a proxy, with what is needed to tell where it failed. */
export function marked(error: unknown, { name }: NamedProxy): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const proxyStatus = statusOf(error);
  const mark: ProxyMark = { proxy: name, ...(proxyStatus !== undefined && { proxyStatus }) };
  return Object.assign(error, mark);
}

interface Layer {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** With which status the proxy refused the tunnel: Node's agent gives it as a number, undici in its words alone. */
function statusOf(error: object): number | undefined {
  const { code, statusCode, message, cause }: Layer = error;
  if (code === 'ERR_PROXY_TUNNEL' && typeof statusCode === 'number') return statusCode;
  const [, status] = /^Proxy response \((\d{3})\)/.exec(String(message)) ?? [];
  if (status !== undefined) return Number(status);
  return typeof cause === 'object' && cause !== null ? statusOf(cause) : undefined;
}
