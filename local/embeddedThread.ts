import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { startFauxqs } from 'fauxqs';
import { letDynaliteWorkDirectly } from './directDatabase.ts';
import type { EmbeddedKind, EmbeddedStoreKind } from './embeddedServer.ts';
import { letDynaliteKnowExpressions } from './knownExpressions.ts';
import { answerThrough } from './storePort.ts';
import { createTableStore } from './tableServer.ts';

/** The thread of one embedded server: says its URL, serves until it is told to close. */
const kind = workerData as EmbeddedKind;
const { url, close } = kind.server === 'store' ? await serveStore(kind) : await serveQueue();
parentPort?.postMessage(url);
parentPort?.once('message', () => void close().then(() => process.exit()));

async function serveStore({ path, port }: EmbeddedStoreKind) {
  letDynaliteKnowExpressions();
  const { server, store, execute } = createTableStore({ path });
  await letDynaliteWorkDirectly(store);
  answerThrough(port, execute);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      port.close();
      server.closeAllConnections();
      // The database is flushed and unlocked before the callback.
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serveQueue() {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop() };
}
