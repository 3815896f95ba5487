import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A server of ours inside this process. */
export interface EmbeddedServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What a server's thread is told to serve. */
export type EmbeddedKind = { readonly server: 'store'; readonly path: string } | { readonly server: 'queue' };

/**
 * Starts a server in a thread of its own: served from the thread that paces the calls, it would delay them by
 * more than their slots allow.
 */
export async function startEmbedded(kind: EmbeddedKind): Promise<EmbeddedServer> {
  const worker = new Worker(new URL('./embeddedThread.ts', import.meta.url), { workerData: kind });
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
