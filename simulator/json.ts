/**
 * JSON whose integers keep their digits.
 *
 * The cursor of get_appid_group_list is a 64-bit unsigned integer
 * (https://cloud.tencent.com/document/api/269/1614), more than a JavaScript number holds.
 * An integer outside ±(2^53 − 1) is a bigint here, in both directions.
 */

export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | JsonValue[]
  | { [key: string]: JsonValue };

export type JsonObject = { [key: string]: JsonValue };

// TypeScript's library files do not describe "JSON.parse source text access" yet; Node 24 has it.
const { rawJSON } = JSON as typeof JSON & { rawJSON(digits: string): unknown };
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** @throws SyntaxError when the text is not JSON. */
export function parseJson(text: string): JsonValue {
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
      ? BigInt(source as string)
      : value,
  ) as JsonValue;
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? rawJSON(part.toString()) : part));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
