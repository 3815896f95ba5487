/**
 * JSON without loss. `JSON.parse` rounds integers beyond 2^53 and turns 1e400 into Infinity; here an integer a
 * double cannot hold becomes a bigint, any other such number stays its own text (`JSON.rawJSON`), and printing a
 * parsed value gives the same numbers back. (https://tc39.es/proposal-json-parse-with-source/)
 */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | RawJson
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A number kept as its text, made by `JSON.rawJSON` and printed as it is. */
export interface RawJson {
  readonly rawJSON: string;
}

/** The part of JSON that TypeScript's library does not declare yet. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawJson;
}
const sourceText = JSON as unknown as SourceTextJson;

/**
 * Finds number tokens that a double might not hold: sixteen digits or more (a double keeps fifteen), or an
 * exponent. A reviver makes parsing six times slower, so only such texts get one; a match inside a string costs
 * time and nothing else.
 */
const riskyNumber = /(?:^|[[:,\s])-?(?:[\d.]{16}|[\d.]+[eE])/;
const surrogateEscape = /\\u[dD][89a-fA-F]/;
const escapes =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

/**
 * Parses without losing a digit. Lone surrogates become U+FFFD, because UTF-8 stores cannot hold them.
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(text: string): unknown {
  const wellFormed = withoutLoneSurrogates(text);
  if (!riskyNumber.test(wellFormed)) return JSON.parse(wellFormed);
  return sourceText.parse(wellFormed, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exactNumber(value, source) : value,
  );
}

/** Prints what `parseJson` gives, bigints and raw numbers included. */
export function stringifyJson(value: unknown): string {
  return hasBigint(value)
    ? JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? sourceText.rawJSON(`${item}`) : item))
    : JSON.stringify(value);
}

function withoutLoneSurrogates(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  if (!surrogateEscape.test(wellFormed)) return wellFormed;
  return wellFormed.replace(escapes, (found: string, lone?: string) => (lone ? '\\ufffd' : found));
}

function exactNumber(value: number, source: string): number | bigint | RawJson {
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) ? value : BigInt(source);
  return decimal(String(value)) === decimal(source) ? value : sourceText.rawJSON(source);
}

/** One spelling for each decimal value: 1.50e3, 1500 and 15E2 all give `15e2`. */
function decimal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return number.includes('Infinity') ? number : '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** Whether arrays and objects stand in each other in more levels than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function hasBigint(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBigint);
}
