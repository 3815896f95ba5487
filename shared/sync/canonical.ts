import { type JsonValue, stringifyJson } from '../chat/json.ts';

/** JSON text in which an object's keys stand in one order, so that equal values have equal texts. */
export function canonical(value: JsonValue): string {
  return stringifyJson(sorted(value));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || !isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

/** Numbers that JavaScript cannot hold travel as objects of their own, which have no keys to sort. */
function isPlain(value: object): value is { readonly [key: string]: JsonValue } {
  return Object.getPrototypeOf(value) === Object.prototype;
}
