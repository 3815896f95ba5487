import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFinder, type View } from '../../../cli/report/browser/view.ts';
import type { TableData, TableValue } from '../../../cli/report/tableData.ts';

const table = (rows: TableData['rows'], sortedBy = 1): TableData => ({
  id: 'table',
  noun: ['row', 'rows'],
  columns: [
    { title: 'Name', kind: 'text', below: 3 },
    { title: 'Count', kind: 'count' },
    { title: 'Status', kind: 'choice' },
  ],
  rows,
  sorted: { column: sortedBy, descending: true },
});

const ROWS: TableData['rows'] = [
  ['Topic 10', 9, 'active', '@TGS#a'],
  ['Topic 9', 4, 'missing', '@TGS#b'],
  [null, null, 'active', '@TGS#c'],
];

const view = (more: Partial<View> = {}): View => ({
  column: 1,
  descending: true,
  search: '',
  choices: new Map(),
  ...more,
});

const names = (more: Partial<View>) => createFinder(table(ROWS))(view(more)).map(([name]) => name);

describe('a table’s view', () => {
  it('sorts names as people count, and what has none last in both directions', () => {
    expect(names({ column: 0, descending: false })).toEqual(['Topic 9', 'Topic 10', null]);
    expect(names({ column: 0, descending: true })).toEqual(['Topic 10', 'Topic 9', null]);
    expect(names({ column: 1, descending: false })).toEqual(['Topic 9', 'Topic 10', null]);
  });

  it('finds every word in any text of a row, ids below names included, whatever the case', () => {
    expect(names({ search: 'topic tgs#A' })).toEqual(['Topic 10']);
    expect(names({ search: '  ' })).toHaveLength(3);
    expect(names({ search: 'topic nothing' })).toEqual([]);
  });

  it('leaves out what another choice was made for', () => {
    expect(names({ choices: new Map([[2, 'missing']]) })).toEqual(['Topic 9']);
    expect(names({ choices: new Map([[2, 'active']]), search: '10' })).toEqual(['Topic 10']);
  });

  it('loses no row and makes none, however it is sorted, and leaves the data as it was', () => {
    const value: fc.Arbitrary<TableValue> = fc.oneof(fc.constant(null), fc.integer(), fc.string());
    const row = fc.tuple(value, fc.option(fc.integer()), fc.constantFrom('a', 'b'), fc.string());
    fc.assert(
      fc.property(fc.array(row), fc.nat({ max: 2 }), fc.boolean(), (rows, column, descending) => {
        const before = [...rows];
        const found = createFinder(table(rows, 3))(view({ column, descending }));
        expect(new Set(found)).toEqual(new Set(rows));
        expect(found).toHaveLength(rows.length);
        expect(rows).toEqual(before);
        const firstNothing = found.findIndex((one) => one[column] === null);
        if (firstNothing >= 0)
          expect(found.slice(firstNothing).every((one) => one[column] === null)).toBe(true);
      }),
    );
  });
});
