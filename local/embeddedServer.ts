import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type MessagePort, Worker } from 'node:worker_threads';
import { troubleOf } from './localTrouble.ts';

/** Where an embedded server is, and the key without which it answers nobody: see `keepPrivate`. */
export interface PrivateAddress {
  readonly url: string;
  readonly key: string;
}

/** A server of ours inside this process. */
export interface EmbeddedServer extends PrivateAddress {
  /** Aborts when it cannot go on, with the reason for a user; it is to be closed then. */
  readonly failed: AbortSignal;
  close(): Promise<void>;
}

/** A store in a folder, which this process asks through the port's other end, and others by its URL. */
export interface EmbeddedStoreKind {
  readonly server: 'store';
  readonly path: string;
  readonly port: MessagePort;
}

/** What is to be served. */
export type EmbeddedKind = EmbeddedStoreKind | { readonly server: 'queue' };

/** What a server's thread is told. */
export type EmbeddedTask = EmbeddedKind & { readonly key: string };

/** A new one for each process: who has learnt it has learnt nothing about the next. */
const KEY = randomBytes(20).toString('hex');

/**
 * Starts a server in a thread of its own: served from the thread that paces the calls, it would delay them by
 * more than their slots allow.
 * @param key that its clients have to name @throws {LocalTroubleError} when it does not come to serve
 */
export async function startEmbedded(kind: EmbeddedKind, key = KEY): Promise<EmbeddedServer> {
  const worker = new Worker(new URL('./embeddedThread.ts', import.meta.url), {
    workerData: { ...kind, key } satisfies EmbeddedTask,
    transferList: kind.server === 'store' ? [kind.port] : [],
  });
  const failing = new AbortController();
  worker.on('error', (error: Error) => {
    const { message } = error.cause instanceof Error ? error.cause : error;
    failing.abort(troubleOf(`the embedded ${kind.server}`, message));
  });
  // A thread that fails ends by itself.
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const [url] = (await once(worker, 'message').catch(() => {
    throw failing.signal.reason;
  })) as [string];
  return {
    url,
    key,
    failed: failing.signal,
    close: () => {
      worker.postMessage('close');
      return ended;
    },
  };
}
