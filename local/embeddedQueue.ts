import { type EmbeddedServer, startEmbedded } from './embeddedServer.ts';

/** Serves an SQS-compatible queue in memory, on a free loopback port. What it held is lost with the process. */
export function openEmbeddedQueue(key?: string): Promise<EmbeddedServer> {
  return startEmbedded({ server: 'queue' }, key);
}
