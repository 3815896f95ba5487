import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Attributes = Record<string, AttributeValue>;

/** What an expression is evaluated with. */
export interface Scope {
  readonly item: Attributes;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Attributes>;
}

type Evaluate<T> = (scope: Scope) => T;
type Operand = Evaluate<AttributeValue | undefined>;

/** A parsed expression and the placeholders that it uses. */
export interface Parsed<T> {
  readonly run: Evaluate<T>;
  readonly placeholders: ReadonlySet<string>;
}

const TOKEN = /\s*([A-Za-z_]\w*|[#:]\w+|<=|>=|<>|[=<>(),.])/y;

/** Reads the tokens of one expression. @throws Error at what it was not taught */
export class Reader {
  readonly placeholders = new Set<string>();
  readonly #tokens: string[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    const token = new RegExp(TOKEN);
    while (token.lastIndex < text.trimEnd().length) {
      const found = token.exec(text);
      if (!found?.[1]) throw new Error(`not taught: the expression ${text}`);
      this.#tokens.push(found[1]);
    }
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  is(...tokens: string[]): boolean {
    return tokens.includes(this.#tokens[this.#at] ?? '');
  }

  accept(token: string): boolean {
    if (!this.is(token)) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw new Error(`not taught: ${token} expected in ${this.#text}`);
  }

  next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error(`the expression ends too soon: ${this.#text}`);
    if (/^[#:]/.test(token)) this.placeholders.add(token);
    return token;
  }

  /** An attribute's path, each step a name or its placeholder. */
  path(): (scope: Scope) => string[] {
    const steps = [this.next()];
    while (this.accept('.')) steps.push(this.next());
    return ({ names }) => steps.map((step) => (step.startsWith('#') ? named(names, step) : step));
  }

  operand(): Operand {
    if (this.is('size')) return this.#size();
    if (this.#tokens[this.#at]?.startsWith(':')) {
      const name = this.next();
      return ({ values }) => valued(values, name);
    }
    const path = this.path();
    return (scope) => resolve(scope.item, path(scope));
  }

  #size(): Operand {
    this.next();
    this.expect('(');
    const path = this.path();
    this.expect(')');
    return (scope) => {
      const value = resolve(scope.item, path(scope));
      const size = value?.L?.length ?? value?.S?.length ?? value?.B?.length;
      return size === undefined ? undefined : { N: String(size) };
    };
  }
}

function resolve(item: Attributes, path: readonly string[]): AttributeValue | undefined {
  const [first = '', ...rest] = path;
  const value = item[first];
  return rest.length === 0 ? value : value?.M && resolve(value.M, rest);
}

function named(names: Scope['names'], placeholder: string): string {
  const name = names[placeholder];
  if (name === undefined) throw new Error(`${placeholder} has no name`);
  return name;
}

function valued(values: Scope['values'], placeholder: string): AttributeValue {
  const value = values[placeholder];
  if (value === undefined) throw new Error(`${placeholder} has no value`);
  return value;
}

/**
 * Below, at or above 0 as DynamoDB orders two texts or numbers; undefined when one is not there, or when they are of
 * two types.
 */
export function compare(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
  for (const value of [a, b])
    if (value && value.S === undefined && value.N === undefined)
      throw new Error(`not taught: to compare ${Object.keys(value)}`);
  if (a?.S !== undefined && b?.S !== undefined) return a.S === b.S ? 0 : a.S < b.S ? -1 : 1;
  if (a?.N !== undefined && b?.N !== undefined) return Number(a.N) - Number(b.N);
  return undefined;
}
