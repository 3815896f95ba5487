import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupCommit } from '../../local/writeTogether.ts';

const put = (key: string) => ({ type: 'put', key, value: key }) as const;

/** A database that takes its time, and refuses the groups that have an operation of the given key. */
function createDatabase(refused?: string) {
  const groups: string[][] = [];
  let underWay = 0;
  return {
    groups,
    commit: async (operations: readonly { readonly key: string }[]) => {
      expect(++underWay).toBe(1);
      const keys = operations.map(({ key }) => key);
      await new Promise(setImmediate);
      underWay -= 1;
      if (refused !== undefined && keys.includes(refused)) throw new Error('the disk is full');
      groups.push(keys);
    },
  };
}

describe('writes that come while others are under way', () => {
  it('go together, in the order in which they came', async () => {
    const { commit, groups } = createDatabase();
    const write = groupCommit(commit);
    const first = [write(put('a')), write(put('b'))];
    await new Promise(setImmediate);
    await Promise.all([...first, write(put('c')), write({ type: 'del', key: 'a' }), write(put('d'))]);
    await write(put('e'));
    expect(groups).toEqual([['a', 'b'], ['c', 'a', 'd'], ['e']]);
  });

  it('are all done, each once, and none is said to be done before it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }), async (turns) => {
        const { commit, groups } = createDatabase();
        const write = groupCommit(commit);
        const writes: Promise<void>[] = [];
        for (const [index, wait] of turns.entries()) {
          for (let turn = 0; turn < wait; turn++) await new Promise(setImmediate);
          const done = write(put(String(index)));
          writes.push(done.then(() => expect(groups.flat()).toContain(String(index))));
        }
        await Promise.all(writes);
        expect(groups.flat()).toEqual(turns.map((_, index) => String(index)));
      }),
    );
  });

  it('are told of the failure of their own group, and later ones go on', async () => {
    const { commit, groups } = createDatabase('b');
    const write = groupCommit(commit);
    const outcomes = await Promise.allSettled([write(put('a')), write(put('b'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await write(put('c'));
    expect(groups).toEqual([['c']]);
  });
});
