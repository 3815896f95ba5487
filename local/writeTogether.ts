import { ClassicLevel } from 'classic-level';

/** One write, as a database takes several of them. */
interface Operation {
  readonly type: 'put' | 'del';
  readonly key: string;
  readonly value?: string;
}

/** A write that is not under way yet. */
interface Waiting extends PromiseWithResolvers<void> {
  readonly operation: Operation;
}

/** What a database does below its encodings. */
interface Below {
  _batch(operations: readonly Operation[], options: object): Promise<void>;
}

/**
 * dynalite writes item by item, index entries apart, and the database hands every write to another thread, which costs
 * more than the write itself. Here those that come while others are under way go together, in their order: each still
 * resolves once it is written.
 */
export function letDynaliteWriteTogether(): void {
  const queues = new WeakMap<Below, (operation: Operation) => Promise<void>>();
  const write = (database: Below, operation: Operation) => {
    const queue = queues.get(database) ?? groupCommit((operations) => database._batch(operations, {}));
    queues.set(database, queue);
    return queue(operation);
  };
  Object.assign(ClassicLevel.prototype, {
    _put(this: Below, key: string, value: string): Promise<void> {
      return write(this, { type: 'put', key, value });
    },
    _del(this: Below, key: string): Promise<void> {
      return write(this, { type: 'del', key });
    },
  });
}

/** @param commit writes all of its operations or none @returns writes one operation, with those that wait beside it */
export function groupCommit(
  commit: (operations: readonly Operation[]) => Promise<void>,
): (operation: Operation) => Promise<void> {
  let waiting: Waiting[] = [];
  let busy = false;
  const drain = async () => {
    busy = true;
    // What is put in the same turn belongs together as well.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await commit(group.map(({ operation }) => operation)).then(
        () => {
          for (const { resolve } of group) resolve();
        },
        (error: unknown) => {
          for (const { reject } of group) reject(error);
        },
      );
    }
    busy = false;
  };
  return (operation) => {
    const write = { operation, ...Promise.withResolvers<void>() };
    waiting.push(write);
    if (!busy) void drain();
    return write.promise;
  };
}
