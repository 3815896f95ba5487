import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type JsonValue, parseJson, stringifyJson } from '../../../shared/chat/json.ts';
import { canonical } from '../../../shared/sync/canonical.ts';
import { jsonValues } from '../../arbitraries.ts';
import { deepFreeze } from '../../support/deepFreeze.ts';

describe('canonical', () => {
  it.each<[string, JsonValue, string]>([
    ['puts an object’s keys in order', { b: 1, a: 2 }, '{"a":2,"b":1}'],
    [
      'puts keys in order at every depth',
      { z: [{ b: 1, a: 2 }], a: { d: 1, c: 2 } },
      '{"a":{"c":2,"d":1},"z":[{"a":2,"b":1}]}',
    ],
    ['keeps an array’s order', [3, 1, 2], '[3,1,2]'],
    ['tells empty from absent', { a: '', b: null }, '{"a":"","b":null}'],
    ['keeps every digit of a large integer', { a: 18446744073709551615n }, '{"a":18446744073709551615}'],
    ['keeps a number that no double holds', parseJson('{"b":1e400,"a":1}') as JsonValue, '{"a":1,"b":1e400}'],
    [
      'keeps a field called __proto__',
      parseJson('{"b":1,"__proto__":{"d":1,"c":2}}') as JsonValue,
      '{"__proto__":{"c":2,"d":1},"b":1}',
    ],
  ])('%s', (_what, value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it('gives values that differ in nothing but the order of keys one text', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        expect(canonical(reversed(value))).toBe(canonical(value));
      }),
    );
  });

  it('gives the text of the same value', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        const text = canonical(deepFreeze(value));
        expect(canonical(parseJson(text) as JsonValue)).toBe(text);
        expect(text).toHaveLength(stringifyJson(value).length);
      }),
    );
  });
});

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object' || !Object.getPrototypeOf(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry as JsonValue)]),
  );
}
