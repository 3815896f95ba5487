import { describe, expect, it } from '@jest/globals';
import { indexUnits, readUnits, tableUnits } from '../../../shared/catalog/capacity.ts';
import type { Attributes } from '../../../shared/catalog/itemSize.ts';

const KB = 1024;

/** An item of so many bytes. */
function item(bytes: number, keys: Record<string, string> = {}): Attributes {
  const attributes = Object.fromEntries(Object.entries(keys).map(([name, S]) => [name, { S }]));
  const used = Object.entries(keys).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return { ...attributes, x: { S: 'x'.repeat(bytes - used - 1) } };
}

const missing = { attention: 'app|topic-missing', attentionSince: '2026-11-22' };
const deleted = { attention: 'app|topic-deleted', attentionSince: '2026-11-23' };
const change = { changeDay: 'app|2026-11-22|0', observedAt: '2026-11-22T02:00:00.000Z' };

describe('a write to the table', () => {
  it.each([
    ['of a new item of 1 KB', undefined, KB, 1],
    ['of a byte more', undefined, KB + 1, 2],
    ['that makes an item smaller', 3 * KB, 10, 3],
    ['that makes an item larger', 10, 3 * KB, 3],
  ])('%s', (_what, before, after, units) => {
    expect(tableUnits({ before: before === undefined ? undefined : item(before), after: item(after) })).toBe(
      units,
    );
  });
});

describe('a write to the indexes', () => {
  const table: readonly [string, Attributes | undefined, Attributes, number][] = [
    ['an item that is in none', item(9 * KB), item(9 * KB), 0],
    [
      'a snapshot, which has the sort key of an index it is not in',
      item(900),
      item(900, { observedAt: 't' }),
      0,
    ],
    ['a new history entry', undefined, item(KB, change), 1],
    ['a new history entry of a byte more', undefined, item(KB + 1, change), 2],
    ['an item that enters', item(3 * KB), item(900, missing), 1],
    ['an item that leaves', item(3 * KB, missing), item(900), 3],
    ['an item that changes inside', item(3 * KB, missing), item(900, missing), 3],
    ['an item that moves from one key to another', item(3 * KB, missing), item(900, deleted), 4],
    ['an item that moves in time alone', item(90, missing), item(90, { ...missing, attentionSince: '2' }), 2],
    ['an item in two indexes', undefined, item(2 * KB, { ...change, ...missing }), 4],
  ];
  it.each(table)('by %s', (_what, before, after, units) => {
    expect(indexUnits({ before, after })).toBe(units);
  });
});

describe('a read', () => {
  it('costs a unit for every 4 KB of all items together, half of it when it may be stale', () => {
    expect(readUnits([item(4 * KB)], true)).toBe(1);
    expect(readUnits([item(4 * KB), item(2)], true)).toBe(2);
    expect(readUnits([item(4 * KB), item(2)], false)).toBe(1);
  });

  it('costs a unit where there is nothing', () => {
    expect(readUnits([], true)).toBe(1);
    expect(readUnits([], false)).toBe(0.5);
  });
});
