import { isDeepStrictEqual } from 'node:util';

/** Fields by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Names of the fields that are not the same on both sides, those that one side lacks included. */
export function differingFields(one: Fields, other: Fields): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isDeepStrictEqual(one[name], other[name]));
}
