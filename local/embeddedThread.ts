import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { buildApp } from 'fauxqs';
import { letDynaliteWorkDirectly } from './directDatabase.ts';
import type { EmbeddedStoreKind, EmbeddedTask } from './embeddedServer.ts';
import { letDynaliteKnowExpressions } from './knownExpressions.ts';
import { keepPrivate } from './privateServer.ts';
import { answerThrough } from './storePort.ts';
import { createTableStore } from './tableServer.ts';

const HOST = '127.0.0.1';

/** The thread of one embedded server: says its URL, serves until it is told to close. */
const task = workerData as EmbeddedTask;
const { url, close } =
  task.server === 'store' ? await serveStore(task, task.key) : await serveQueue(task.key);
parentPort?.postMessage(url);
parentPort?.once('message', () => void close().then(() => process.exit()));

async function serveStore({ path, port }: EmbeddedStoreKind, key: string) {
  letDynaliteKnowExpressions();
  const { server, store, execute } = createTableStore({ path });
  const { fail } = answerThrough(port, execute);
  const onFailure = ({ message }: Error) => {
    fail(message);
    // Whoever asks by HTTP would wait for ever.
    server.closeAllConnections();
  };
  await letDynaliteWorkDirectly(store, onFailure);
  keepPrivate(server, key);
  server.listen(0, HOST);
  await once(server, 'listening');
  // What dynalite cannot say as an answer it throws where nobody can catch it.
  process.on('uncaughtException', onFailure);
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      port.close();
      server.closeAllConnections();
      // The database is flushed and unlocked before the callback.
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serveQueue(key: string) {
  // Its own way to start would listen to other machines too.
  const app = buildApp({ logger: false, host: HOST });
  keepPrivate(app.server, key);
  const url = await app.listen({ port: 0, host: HOST });
  return { url, close: () => app.close() };
}
