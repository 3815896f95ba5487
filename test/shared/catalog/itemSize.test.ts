import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { itemSize } from '../../../shared/catalog/itemSize.ts';
import { itemSize as careful } from '../../support/itemSize.ts';

/** The size of one attribute's value: its name is one byte long. */
const sizeOf = (value: unknown) => itemSize(marshall({ a: value })) - 1;

describe("an item's size", () => {
  it.each([
    ['text', 'abc', 3],
    ['Chinese text', '群组', 6],
    ['an emoji', '👥', 4],
    ['no text', '', 0],
    ['a boolean', false, 1],
    ['nothing', null, 1],
    ['bytes', new Uint8Array(5), 5],
    ['an empty list', [], 3],
    ['a list', ['abc', 'de'], 3 + 4 + 3],
    ['an empty map', {}, 3],
    ['a map', { ab: 'abc' }, 3 + 1 + 2 + 3],
    ['a map in a list', [{ ab: 'abc' }], 3 + 1 + 9],
  ])('is as documented for %s', (_what, value, bytes) => {
    expect(sizeOf(value)).toBe(bytes);
  });

  it.each([
    [7, 2],
    [12, 2],
    [123, 3],
    [1_700_000_000, 2],
    [1_732_269_912, 6],
    [0.5, 2],
    [-12, 3],
    [0, 1],
    [1.5e-30, 2],
  ])('counts the significant digits of the number %s', (number, bytes) => {
    expect(sizeOf(number)).toBe(bytes);
  });

  it('counts the names of attributes in bytes, too', () => {
    expect(itemSize({ 名: { S: 'x' }, pk: { S: 'y' } })).toBe(3 + 1 + 2 + 1);
  });

  it('is that of a careful estimate, less a byte for each number that may need it', () => {
    const name = fc.stringMatching(/^[a-z]{1,9}$/);
    const shape = { maxKeys: 4, noNullPrototype: true };
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), shape),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, value, shape), (item) => {
        expect(itemSize(marshall(item))).toBe(careful(item) - positives(item));
      }),
    );
  });
});

/** How many numbers there are that have no sign. */
function positives(value: unknown): number {
  if (typeof value === 'number') return value < 0 ? 0 : 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + positives(inner), 0);
}
