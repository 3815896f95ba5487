import { Readable } from 'node:stream';
import type { Database, Done, DynaliteStore, Tables, Values } from './dynaliteStore.ts';
import { groupCommit, type Operation } from './writeTogether.ts';

/** What the database below does without its options, hooks and encodings. */
interface Below {
  _getSync(key: string, options: object): string | undefined;
  _batch(operations: readonly Operation[], options: object): Promise<void>;
}

/**
 * LevelDB writes what is in memory into files, and those into larger ones, each time that this much has come: with its own
 * 4 MB a first night of 1,000 communities takes a seventh more CPU.
 */
const WRITE_BUFFER_BYTES = 16 * 1024 * 1024;

const TEXT = { keyEncoding: 'utf8', valueEncoding: 'utf8' };

/**
 * dynalite wraps each read and write in a handful of promises and hands it to another thread, which costs more than
 * LevelDB's own work. Here a read is done at once, since LevelDB mostly finds it in memory, and writes go to the other
 * thread together. A write is told to be done when it is, as before.
 *
 * The first failure is the last thing that happens. A full disk may have taken half of a write: what was written
 * behind it would be lost when the database is opened again, though it had been told to be done.
 * @param store just made: its database opens by itself in the next turn, without options
 * @param onFailure told of the first failure of the database, before whoever asked for what failed
 */
export async function letDynaliteWorkDirectly(
  store: DynaliteStore,
  onFailure: (failure: Error) => void,
): Promise<void> {
  const { db, lifecycleManager } = store;
  await db.open({ writeBufferSize: WRITE_BUFFER_BYTES });
  const below = db as unknown as Below;
  let failed: Error | undefined;
  const fail = (error: unknown): Error => {
    if (!failed) {
      failed = error as Error;
      onFailure(failed);
    }
    return failed;
  };
  const commit = async (operations: readonly Operation[]) => {
    if (failed) throw failed;
    await below._batch(operations, {}).catch((error: unknown) => {
      throw fail(error);
    });
  };
  const write = groupCommit(commit);
  const tracked = (operation: Operation, done: Done) => {
    const written = write(operation);
    lifecycleManager.trackOperation(written);
    written.then(() => done(null), done);
  };
  const direct: Pick<Database, 'get' | 'put' | 'del' | 'createValueStream'> = {
    get: (key, done) => {
      let value: unknown;
      try {
        const text = below._getSync(key, TEXT);
        if (text !== undefined) value = JSON.parse(text);
      } catch (error) {
        return done(fail(error));
      }
      done(null, value);
    },
    put: (key, value, done) => tracked({ type: 'put', key, value: JSON.stringify(value) }, done),
    del: (key, done) => tracked({ type: 'del', key }, done),
    createValueStream: (range) => streamOf(db.values(range), fail),
  };
  Object.assign(db, direct);
  keepDefinitions(store.tableDb);
}

/** Values that are asked for at once: few at first, since many reads want one page's first items alone. */
const FEWEST = 16;
const MOST = 256;

/** dynalite asks for value by value, and ends its reads by a name that iterators do not have, so that they stay open. */
function streamOf(values: Values, fail: (error: unknown) => Error): Readable {
  let size = FEWEST;
  return new Readable({
    objectMode: true,
    read() {
      values.nextv(size).then(
        (next) => {
          for (const value of next) this.push(value);
          if (next.length === 0) this.push(null);
        },
        (error: unknown) => this.destroy(fail(error)),
      );
      size = Math.min(MOST, size * 2);
    },
    destroy(error, done) {
      values.close().then(
        () => done(error),
        (failure: unknown) => done(error ?? (failure as Error)),
      );
    },
  });
}

/**
 * dynalite reads a table's definition, some kilobytes of JSON, for each item. Here it is kept until it is written; what is
 * read while a write is under way is the definition before it, and is not kept.
 */
export function keepDefinitions(tables: Tables): void {
  const { get, put, del } = tables;
  const known = new Map<string, unknown>();
  let writes = 0;
  const forget = (name: string, done: Done): Done => {
    writes++;
    known.delete(name);
    return (failure) => {
      writes--;
      done(failure);
    };
  };
  const kept: Tables = {
    get: (name, done) => {
      if (known.has(name)) return done(null, known.get(name));
      get(name, (failure, definition) => {
        if (definition !== undefined && writes === 0) known.set(name, definition);
        done(failure, definition);
      });
    },
    put: (name, definition, done) => put(name, definition, forget(name, done)),
    del: (name, done) => del(name, forget(name, done)),
  };
  Object.assign(tables, kept);
}
