import { isJsonObject, type JsonValue } from '../json.ts';
import type { Draw } from '../random.ts';

/** Where a value is in a JSON text: names and indices, from the root on. */
export type JsonPath = readonly (string | number)[];

/** A JSON value of which one part is not what it was. */
export interface Odd {
  readonly value: JsonValue;
  /** The part; of a list that has another order or length, the list. */
  readonly at: JsonPath;
}

/** Levels of a value that is nested deeper than any client would: a recursion must not end there. */
const LEVELS = 2000;

const HUGE = 'huge '.repeat(60_000);

type Oddity = (part: JsonValue, draw: Draw) => JsonValue | undefined;

/** What becomes of a part; undefined: it is left out. */
const ODDITIES: readonly [Oddity, ...Oddity[]] = [
  () => undefined,
  () => null,
  otherType,
  otherType,
  (part, draw) => (Array.isArray(part) ? draw.shuffle(part) : [part]),
  (part, draw) =>
    Array.isArray(part) && part.length > 0
      ? [...part, part[draw.int(0, part.length - 1)] as JsonValue]
      : part,
  (part, draw) => nested(part, draw.pick([1, 3, LEVELS])),
  (part) => (Array.isArray(part) ? part.concat(...Array(20).fill(part)) : HUGE),
  (_part, draw) => draw.pick<JsonValue>(['', 0, -1, 1.5, 2n ** 64n, true, false, {}, [], 'Maybe']),
];

/** Makes one part of a value odd: leaves it out, empties it, doubles, reorders, nests or inflates it, or gives it another type. */
export function makeOdd(value: JsonValue, draw: Draw): Odd {
  const paths = pathsIn(value);
  const [first = [], ...others] = paths;
  const at = draw.pick([first, ...others]);
  return { value: replaced(value, at, draw.pick(ODDITIES), draw) ?? null, at };
}

/** Digits for numbers, numbers for texts, and objects for lists. */
function otherType(part: JsonValue, draw: Draw): JsonValue {
  if (typeof part === 'number' || typeof part === 'bigint')
    return draw.pick([`${part}`, `about ${part}`, part !== 0]);
  if (typeof part === 'string') return draw.pick<JsonValue>([part.length, [part], { text: part }]);
  if (Array.isArray(part)) return { ...part };
  return isJsonObject(part) ? Object.values(part) : `${part}`;
}

function nested(part: JsonValue, levels: number): JsonValue {
  let outer = part;
  for (let level = 0; level < levels; level++) outer = level % 2 === 0 ? [outer] : { inner: outer };
  return outer;
}

function pathsIn(value: JsonValue, at: JsonPath = []): JsonPath[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const key = (name: string) => (Array.isArray(value) ? Number(name) : name);
  return inner.flatMap(([name, part]) => {
    const path = [...at, key(name)];
    return [path, ...pathsIn(part, path)];
  });
}

function replaced(
  value: JsonValue,
  [key, ...rest]: JsonPath,
  oddity: Oddity,
  draw: Draw,
): JsonValue | undefined {
  if (key === undefined) return oddity(value, draw);
  if (Array.isArray(value))
    return value.flatMap((part, index) => {
      const now = index === key ? replaced(part, rest, oddity, draw) : part;
      return now === undefined ? [] : [now];
    });
  const entries = Object.entries(value as { [name: string]: JsonValue }).map(
    ([name, part]) => [name, name === key ? replaced(part, rest, oddity, draw) : part] as const,
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}
