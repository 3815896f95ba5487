/** One write, as a database takes several of them. */
export interface Operation {
  readonly type: 'put' | 'del';
  readonly key: string;
  readonly value?: string;
}

/** A write that is not under way yet. */
interface Waiting extends PromiseWithResolvers<void> {
  readonly operation: Operation;
}

/**
 * Each call of the database costs more than the write itself: writes that come while others are under way go together, in
 * their order. Each resolves once it is written.
 * @param commit writes all of its operations or none @returns writes one operation, with those that wait beside it
 */
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
