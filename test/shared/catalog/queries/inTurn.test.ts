import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inTurn } from '../../../../shared/catalog/queries/inTurn.ts';
import { collect } from '../../../support/collect.ts';

interface Watched {
  readonly begun: number[];
  readonly ended: number[];
}

function* sources(lists: readonly (readonly number[])[], { begun, ended }: Watched) {
  for (const [nth, list] of lists.entries())
    yield (async function* () {
      begun.push(nth);
      try {
        yield* list;
      } finally {
        ended.push(nth);
      }
    })();
}

const watched = (): Watched => ({ begun: [], ended: [] });

describe('several sources in turn', () => {
  it('tell all that they have, one after the other, however far ahead the next are asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(9), { maxLength: 3 })), fc.nat(5), async (lists, ahead) => {
        expect(await collect(inTurn(sources(lists, watched()), ahead))).toEqual(lists.flat());
      }),
    );
  });

  it('are begun no more than so many ahead, and all that were are ended once nobody reads on', async () => {
    const seen = watched();
    const lists = Array.from({ length: 10 }, (_, nth) => [nth, nth]);
    for await (const record of inTurn(sources(lists, seen), 2)) if (record === 3) break;
    expect(seen.begun).toEqual([0, 1, 2, 3, 4, 5]);
    expect(seen.ended.sort()).toEqual(seen.begun);
  });

  it('end with the error of one that fails, when its turn comes', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield Promise.reject(new Error('out of reach'));
    }
    const seen = watched();
    const told: number[] = [];
    const reading = (async () => {
      for await (const record of inTurn([...sources([[1], [2]], seen), failing()], 5)) told.push(record);
    })();
    await expect(reading).rejects.toThrow('out of reach');
    expect(told).toEqual([1, 2]);
  });
});
