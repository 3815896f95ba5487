import { subscribe } from 'node:diagnostics_channel';

/** How far a request has come; `queued` as long as undici has no connection for it. */
type Stage = 'asked' | 'queued' | 'sent';

/** The requests under way, by path and query: no two are alike, for each has a random number of its own. */
const underWay = new Map<string, Stage>();

// Two of the moments that undici tells of (https://undici.nodejs.org/#/docs/api/DiagnosticsChannel).
subscribe('undici:request:create', (message) => note(message, 'queued'));
subscribe('undici:client:sendHeaders', (message) => note(message, 'sent'));

function note(message: unknown, stage: Stage): void {
  const { path } = (message as { readonly request: { readonly path: string } }).request;
  if (underWay.has(path)) underWay.set(path, stage);
}

/** One request on its way. */
export interface Sending {
  /** Whether it still waits for a connection, so that nothing of it has left this machine. */
  isUnsent(): boolean;
  /** Has to be called when the request has ended. */
  forget(): void;
}

/**
 * Follows a request that fetch is about to be given. Fetch itself does not tell a host that accepts no connection from
 * one that does not answer.
 */
export function followSending(url: string): Sending {
  const { pathname, search } = new URL(url);
  const target = pathname + search;
  underWay.set(target, 'asked');
  return {
    isUnsent: () => underWay.get(target) === 'queued',
    forget: () => void underWay.delete(target),
  };
}
