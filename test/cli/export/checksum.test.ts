import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addRows, NO_ROWS } from '../../../cli/export/checksum.ts';
import { type Row, rowOf } from '../../../cli/export/rows.ts';

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.string().map((text) => ({ cells: [], text })),
  { maxLength: 20 },
);

describe('the checksum of a table', () => {
  it('is the same in whatever order and files its rows stand', () => {
    fc.assert(
      fc.property(rows, fc.nat(20), (all, cut) => {
        const whole = addRows(NO_ROWS, all);
        expect(addRows(addRows(NO_ROWS, all.slice(cut)), all.slice(0, cut))).toBe(whole);
        expect(addRows(NO_ROWS, [...all].reverse())).toBe(whole);
      }),
    );
  });

  it('is another when a row is lost, changed, or there twice', () => {
    fc.assert(
      fc.property(rows, fc.string(), (all, text) => {
        const more = addRows(addRows(NO_ROWS, all), [{ cells: [], text }]);
        expect(more).not.toBe(addRows(NO_ROWS, all));
        expect(more).not.toBe(addRows(addRows(NO_ROWS, all), [{ cells: [], text: `${text}.` }]));
      }),
    );
  });

  it('of one row is the SHA-256 of its JSON', () => {
    const row = rowOf('communities', { topicCount: 2, status: 'active', groupId: 'g' });
    expect(row.text).toBe('{"groupId":"g","status":"active","topicCount":2}');
    expect(addRows(NO_ROWS, [row])).toBe(createHash('sha256').update(row.text).digest('hex'));
  });
});

describe('a row', () => {
  it('has what is no text as JSON with its keys in one order', () => {
    const one = rowOf('changes', { observedAt: 't', before: { b: 1, a: { d: [], c: 2 } }, kind: 'updated' });
    const other = rowOf('changes', {
      kind: 'updated',
      before: { a: { c: 2, d: [] }, b: 1 },
      observedAt: 't',
    });
    expect(one).toEqual(other);
    expect(one.text).toBe(
      '{"observedAt":"t","kind":"updated","before":"{\\"a\\":{\\"c\\":2,\\"d\\":[]},\\"b\\":1}"}',
    );
  });
});
