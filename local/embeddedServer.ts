import { once } from 'node:events';
import { type MessagePort, Worker } from 'node:worker_threads';

/** A server of ours inside this process. */
export interface EmbeddedServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A store in a folder, which this process asks through the port's other end, and others by its URL. */
export interface EmbeddedStoreKind {
  readonly server: 'store';
  readonly path: string;
  readonly port: MessagePort;
}

/** What a server's thread is told to serve. */
export type EmbeddedKind = EmbeddedStoreKind | { readonly server: 'queue' };

/**
 * Starts a server in a thread of its own: served from the thread that paces the calls, it would delay them by
 * more than their slots allow.
 */
export async function startEmbedded(kind: EmbeddedKind): Promise<EmbeddedServer> {
  const worker = new Worker(new URL('./embeddedThread.ts', import.meta.url), {
    workerData: kind,
    transferList: kind.server === 'store' ? [kind.port] : [],
  });
  const [url] = (await once(worker, 'message')) as [string];
  return {
    url,
    close: async () => {
      const ended = once(worker, 'exit');
      worker.postMessage('close');
      await ended;
    },
  };
}
