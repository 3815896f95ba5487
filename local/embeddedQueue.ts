import { startFauxqs } from 'fauxqs';
import type { EmbeddedServer } from './embeddedStore.ts';

/** Serves an SQS-compatible queue in memory, on a free loopback port. What it held is lost with the process. */
export async function openEmbeddedQueue(): Promise<EmbeddedServer> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop() };
}
