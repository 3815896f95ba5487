import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CursorError,
  type CursorOf,
  cursorAt,
  positionOf,
} from '../../../../shared/catalog/queries/cursor.ts';

const OF: CursorOf = { question: 'silent topics', sdkAppId: 1_400_000_000, length: 3 };
const places = fc.tuple(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary' }),
);

describe('a cursor', () => {
  it('is one word that holds its place, whatever that is made of', () => {
    fc.assert(
      fc.property(places, (at) => {
        const cursor = cursorAt(OF, at);
        expect(cursor).toMatch(/^[\w-]+$/);
        // Half a surrogate pair is no text that could be stored.
        expect(positionOf(cursor, OF)).toEqual(at.map((text) => text.toWellFormed()));
      }),
    );
  });

  it.each([
    ['another question', { ...OF, question: 'topics' }, 'another question: of topics, not of silent topics'],
    ['another app', { ...OF, sdkAppId: 1 }, 'another app: of 1, not of 1400000000'],
    ['another length', { ...OF, length: 2 }, 'is no cursor of this catalog'],
  ])('of %s is refused', (_what, other, message) => {
    const cursor = cursorAt(
      other,
      Array.from({ length: other.length }, () => 'x'),
    );
    expect(() => positionOf(cursor, OF)).toThrow(new RegExp(message));
    expect(() => positionOf(cursor, OF)).toThrow(CursorError);
  });

  it('that is any other text is refused, and named', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(() => positionOf(text, OF)).toThrow(CursorError);
        },
      ),
    );
    expect(() => positionOf('42', OF)).toThrow('"42" is no cursor of this catalog');
  });
});
