import { ConfigError } from '../config.ts';
import { type CallSubject, TransportError } from './errors.ts';
import { followSending } from './sending.ts';
import { reasonOf, silenceOf } from './transportReason.ts';

export interface HttpRequest {
  subject: CallSubject;
  /** Base URL without a path. */
  endpoint: string;
  /** For example `/v4/million_group_open_http_svc/get_topic`. */
  path: string;
  sdkAppId: number;
  identifier: string;
  userSig: string;
  /** 32-bit unsigned, another one for each attempt. */
  random: number;
  body: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  fetch: typeof fetch;
}

/**
 * Posts one request and reads its whole body. Redirects are refused: the URL carries the signature.
 * Source of the URL: https://trtc.io/document/34620
 * @throws TransportError, a ConfigError of the fetch it is given, or the reason of the caller's aborted signal
 */
export async function post(request: HttpRequest): Promise<string> {
  const { subject, timeoutMs } = request;
  const { host } = new URL(request.endpoint);
  const url = urlOf(request);
  const limits = limitsOf(request);
  const sending = followSending(url);
  try {
    const response = await request.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: request.body,
      redirect: 'error',
      signal: limits.signal,
    });
    const text = await response.text();
    if (response.status !== 200) throw new TransportError(subject, ...statusOf(host, response.status));
    return withoutUserSig(text, request.userSig);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof TransportError || error instanceof ConfigError) throw error;
    if (limits.signal.aborted)
      throw new TransportError(subject, ...silenceOf(host, error, timeoutMs, sending.isUnsent()));
    const [reason, detail] = reasonOf(host, error);
    throw new TransportError(subject, reason, { ...detail, ...(sending.isUnsent() && { neverSent: true }) });
  } finally {
    limits.lift();
    sending.forget();
  }
}

/**
 * A proxy's error page may quote the URL it was asked for, and so may ErrorInfo; some encode the asterisks with which
 * Tencent writes a plus sign.
 */
function withoutUserSig(text: string, userSig: string): string {
  const encoded = userSig.replaceAll('*', '%2A').replaceAll('_', '%5F').replaceAll('-', '%2D');
  const spellings = [userSig, userSig.replaceAll('*', '%2A'), userSig.replaceAll('*', '%2a'), encoded];
  return spellings.reduce((left, spelling) => left.replaceAll(spelling, '[UserSig]'), text);
}

/**
 * A signal that follows the caller's and the timeout's until it is lifted. AbortSignal.any would stay attached: under
 * a signal that lives as long as a run it keeps about 1.4 kB for every call made.
 */
function limitsOf({ signal, timeoutMs }: HttpRequest): { signal: AbortSignal; lift: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    lift: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

function statusOf(host: string, status: number): [reason: string, detail: { status: number }] {
  return [`${host} answered with HTTP status ${status}`, { status }];
}

function urlOf({ endpoint, path, sdkAppId, identifier, userSig, random }: HttpRequest): string {
  const query = `sdkappid=${sdkAppId}&identifier=${encodeURIComponent(identifier)}&usersig=${userSig}`;
  return `${endpoint}${path}?${query}&random=${random}&contenttype=json`;
}
