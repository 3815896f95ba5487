import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { readAhead } from '../../shared/readAhead.ts';
import { collect } from '../support/collect.ts';

async function* upTo(count: number): AsyncGenerator<number> {
  for (let value = 0; value < count; value++) yield value;
}

describe('reading ahead', () => {
  it('keeps the order of the source, whichever reading ends first', async () => {
    const results = readAhead(upTo(20), (value) => sleep((value * 7) % 5, value), 6);
    expect(await collect(results)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('never has more readings under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    const read = async (value: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await sleep(1);
      underWay -= 1;
      return value;
    };
    await collect(readAhead(upTo(30), read, 4));
    expect(most).toBe(4);
  });

  it('has ended every reading when whoever wanted them takes no more', async () => {
    let underWay = 0;
    const read = async () => {
      underWay += 1;
      await sleep(5);
      underWay -= 1;
    };
    for await (const _ of readAhead(upTo(30), read, 4)) break;
    expect(underWay).toBe(0);
  });

  it('throws a failed reading where its result would have stood', async () => {
    const seen: number[] = [];
    const read = async (value: number) => {
      if (value === 3) throw new Error('the third');
      return value;
    };
    const all = async () => {
      for await (const value of readAhead(upTo(10), read, 5)) seen.push(value);
    };
    await expect(all()).rejects.toThrow('the third');
    expect(seen).toEqual([0, 1, 2]);
  });
});
