import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Attributes, type Parsed, Reader, type Scope } from './expression.ts';

/** What an update makes of an item, and the attributes that it set. */
export interface Updated {
  readonly item: Attributes;
  readonly set: Attributes;
}

type Step = (scope: Scope, updated: Updated) => void;

/** Parses SET, REMOVE and ADD of whole attributes: as much of the language as the catalog speaks. */
export function parseUpdate(text: string): Parsed<Updated> {
  const reader = new Reader(text);
  const steps: Step[] = [];
  while (!reader.done) {
    const section = reader.next();
    const step = SECTIONS[section];
    if (!step) throw new Error(`not taught: ${section} in ${text}`);
    do steps.push(step(reader));
    while (reader.accept(','));
  }
  return {
    placeholders: reader.placeholders,
    run: (scope) => {
      const updated = { item: { ...scope.item }, set: {} };
      for (const step of steps) step(scope, updated);
      return updated;
    },
  };
}

const SECTIONS: Readonly<Record<string, (reader: Reader) => Step>> = {
  SET: setting,
  REMOVE: removing,
  ADD: adding,
};

function setting(reader: Reader): Step {
  const name = attribute(reader);
  reader.expect('=');
  const value = reader.accept('if_not_exists') ? fallback(reader) : reader.operand();
  return (scope, updated) => put(updated, name(scope), value(scope));
}

function fallback(reader: Reader): (scope: Scope) => AttributeValue | undefined {
  reader.expect('(');
  const present = reader.operand();
  reader.expect(',');
  const otherwise = reader.operand();
  reader.expect(')');
  return (scope) => present(scope) ?? otherwise(scope);
}

function removing(reader: Reader): Step {
  const name = attribute(reader);
  return (scope, { item }) => {
    delete item[name(scope)];
  };
}

function adding(reader: Reader): Step {
  const name = attribute(reader);
  const value = reader.operand();
  return (scope, updated) => {
    const before = scope.item[name(scope)];
    if (before && before.N === undefined) throw new Error('not taught: ADD to what is no number');
    put(updated, name(scope), { N: String(Number(before?.N ?? 0) + Number(value(scope)?.N)) });
  };
}

function attribute(reader: Reader): (scope: Scope) => string {
  const path = reader.path();
  return (scope) => {
    const [name = '', ...deeper] = path(scope);
    if (deeper.length > 0) throw new Error('not taught: an update of a part of an attribute');
    return name;
  };
}

function put({ item, set }: Updated, name: string, value: AttributeValue | undefined): void {
  if (value === undefined) throw new Error(`${name} is set to nothing`);
  item[name] = value;
  set[name] = value;
}
