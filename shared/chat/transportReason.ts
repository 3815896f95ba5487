/** Failures before a connection stood: nothing was sent. */
const unreachable: { readonly [code: string]: string } = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'is not known to DNS',
  EAI_AGAIN: 'could not be looked up, DNS did not answer',
  EHOSTUNREACH: 'is unreachable',
  ENETUNREACH: 'is unreachable from this network',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
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

/**
 * What went wrong below HTTP, from the code that fetch hides in `cause`: a short reason naming the host. Nothing of
 * the error's own text is used, for it may hold the URL.
 */
export function reasonOf(host: string, error: unknown): [reason: string, detail: { neverSent: boolean }] {
  const { code, isRedirect } = unwrap(error);
  const before = unreachable[code];
  if (before) return [`${host} ${before}`, { neverSent: true }];
  if (certificate.test(code)) return [`${host} has no acceptable certificate (${code})`, { neverSent: true }];
  if (isRedirect) return [`${host} redirects, which is not followed`, { neverSent: true }];
  const during = interrupted[code] ?? `failed to answer (${code || 'no reason given'})`;
  return [`${host} ${during}`, { neverSent: false }];
}

interface Layer {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  errors?: readonly unknown[];
}

/** The innermost code: fetch wraps undici's error, which may wrap one error for each address tried. */
function unwrap(error: unknown): { code: string; isRedirect: boolean } {
  let code = '';
  let isRedirect = false;
  let layer = error;
  for (let depth = 0; typeof layer === 'object' && layer !== null && depth < 5; depth++) {
    const { code: own, message, cause, errors }: Layer = layer;
    if (typeof own === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(own)) code = own;
    if (message === 'unexpected redirect') isRedirect = true;
    layer = cause ?? errors?.[0];
  }
  return { code, isRedirect };
}
