import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';
import dynalite, { type DynaliteOptions } from 'dynalite';
import type { DynaliteStore } from './dynaliteStore.ts';
import { type Executed, execute } from './execute.ts';
import { executeInserts, INSERTS } from './insertStatements.ts';

const require = createRequire(import.meta.url);

/** dynalite's own database module: the server asks it for its store by this name. */
interface Database {
  create(options: object): DynaliteStore;
}

/** A table server, and a way to the same store without HTTP. */
export interface TableStore {
  readonly server: Server;
  readonly store: DynaliteStore;
  /** @param input is changed */
  execute(operation: string, input: object): Promise<Executed>;
}

/**
 * A DynamoDB-compatible server: dynalite, which knows no PartiQL, with the statements that the catalog writes by.
 * It listens nowhere yet.
 */
export function createTableStore(options: DynaliteOptions = {}): TableStore {
  const database = require('dynalite/db') as Database;
  const { create } = database;
  const stores: DynaliteStore[] = [];
  database.create = (given) => {
    const store = create(given);
    stores.push(store);
    return store;
  };
  try {
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...options });
    const [store] = stores;
    if (!store)
      throw new Error(
        'dynalite opened no store: it is another release than the one that this was written for',
      );
    answerInserts(server, store);
    return { server, store, execute: (operation, input) => execute(store, operation, input) };
  } finally {
    database.create = create;
  }
}

/** The server of a table store alone. */
export function createTableServer(options?: DynaliteOptions): Server {
  return createTableStore(options).server;
}

/** Has a dynalite server answer BatchExecuteStatement. All other requests go on to the server. */
function answerInserts(server: Server, store: DynaliteStore): void {
  const others = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  const answer: RequestListener = (request, response) => {
    if (request.headers['x-amz-target'] !== `DynamoDB_20120810.${INSERTS}`) {
      for (const listener of others) listener(request, response);
      return;
    }
    const executed = json(request).then((batch) => executeInserts(store, batch as object));
    void executed.catch(mistake).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    });
  };
  server.on('request', answer);
}

function mistake(error: unknown): Executed {
  const __type = 'com.amazonaws.dynamodb.v20120810#InternalServerError';
  return { status: 500, body: { __type, message: String(error) } };
}
