import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeSorted } from '../../../shared/catalog/mergeSorted.ts';
import { byIds } from '../../../shared/catalog/topicOrder.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import { at } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { change, inOrder } from './queries/changes.ts';

const mergeChanges = (sources: readonly AsyncGenerator<Change>[]) =>
  mergeSorted(sources, ({ observedAt }) => observedAt, byIds);

/** What a shard of an index gives: in the order of time, equal times in any. */
async function* source(changes: readonly Change[], onEnd = () => {}): AsyncGenerator<Change> {
  try {
    yield* changes.toSorted((a, b) =>
      a.observedAt < b.observedAt ? -1 : a.observedAt > b.observedAt ? 1 : 0,
    );
  } finally {
    onEnd();
  }
}

/** Few instants and ids, so that many of them are equal. */
const changes = fc.uniqueArray(
  fc.record({
    observedAt: fc.integer({ min: 0, max: 5 }).map(at),
    groupId: fc.constantFrom('g', 'G', 'g|'),
    topicId: fc.string({ unit: fc.constantFrom('a', 'B', '%', '|'), minLength: 1, maxLength: 3 }),
  }),
  { selector: (fields) => JSON.stringify(Object.values(fields)), maxLength: 40 },
);

describe('changes of several shards', () => {
  it('come in one order, however they are shared out and wherever a shard keeps its equals', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { maxLength: 5 }), async (lists) => {
        const seen = new Set<string>();
        const shards = lists.map((list) =>
          list.map(change).filter((one) => {
            const key = JSON.stringify([one.observedAt, one.groupId, one.topicId]);
            return seen.has(key) ? false : seen.add(key);
          }),
        );
        expect(await collect(mergeChanges(shards.map((shard) => source(shard))))).toEqual(
          inOrder(shards.flat()),
        );
      }),
    );
  });

  it('are left alone once nobody reads on', async () => {
    const ended: string[] = [];
    const shards = ['a', 'b', 'c'].map((topicId) =>
      source(
        Array.from({ length: 5 }, (_, nth) => change({ topicId, observedAt: at(nth) })),
        () => ended.push(topicId),
      ),
    );
    for await (const { observedAt } of mergeChanges(shards)) if (observedAt === at(2)) break;
    expect(ended.sort()).toEqual(['a', 'b', 'c']);
  });

  it('end with the error of a shard that fails, and the others are closed', async () => {
    const ended: string[] = [];
    async function* failing(): AsyncGenerator<Change> {
      yield change({ topicId: 'b', observedAt: at(1) });
      throw new Error('the shard is out of reach');
    }
    const shards = [source([change(), change({ observedAt: at(20) })], () => ended.push('a')), failing()];
    await expect(collect(mergeChanges(shards))).rejects.toThrow('the shard is out of reach');
    expect(ended).toEqual(['a']);
  });
});
