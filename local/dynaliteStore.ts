import type { Readable } from 'node:stream';

/** What is used here of dynalite's insides, in its release 4.0.0. */
export interface DynaliteStore {
  readonly options: { readonly maxItemSize: number };
  readonly db: Database;
  readonly tableDb: Tables;
  /** Keeps the database open until what it is told of has been done. */
  readonly lifecycleManager: { trackOperation(operation: Promise<void>): unknown };
  getTable(name: string, done: Done<Definition>): void;
}

/** A table, with its partition key first. */
export interface Definition {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

/** How its actions and validations fail; without a status it is a mistake of its own. */
export interface Failure extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message: string };
}

export type Done<T = void> = (failure: Failure | null, value?: T) => void;

/** A LevelDB of JSON, with callbacks in the place of promises. */
export interface Database extends Tables {
  open(options: { readonly writeBufferSize: number }): Promise<void>;
  values(range: object): Values;
  createValueStream(range: object): Readable;
}

/** Where it keeps the definitions of tables. */
export interface Tables {
  get(key: string, done: Done<unknown>): void;
  put(key: string, value: unknown, done: Done): void;
  del(key: string, done: Done): void;
}

/** Those of a range, a number at a time; none at its end. */
export interface Values {
  nextv(size: number): Promise<readonly unknown[]>;
  close(): Promise<void>;
}
