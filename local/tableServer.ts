import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import dynalite, { type DynaliteOptions } from 'dynalite';
import { answerInserts, type InsertStore } from './insertStatements.ts';

const require = createRequire(import.meta.url);

/** dynalite's own database module: the server asks it for its store by this name. */
interface Database {
  create(options: object): InsertStore;
}

/**
 * A DynamoDB-compatible server: dynalite, which knows no PartiQL, with the statements that the catalog writes by.
 * It listens nowhere yet.
 */
export function createTableServer(options: DynaliteOptions = {}): Server {
  const database = require('dynalite/db') as Database;
  const { create } = database;
  const stores: InsertStore[] = [];
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
    return server;
  } finally {
    database.create = create;
  }
}
