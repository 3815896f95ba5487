import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compare, type Parsed, Reader, type Scope } from './expression.ts';

type Test = (scope: Scope) => boolean;

/** Parses a condition, key condition or filter: as much of the language as the catalog speaks. */
export function parseCondition(text: string): Parsed<boolean> {
  const reader = new Reader(text);
  const run = either(reader);
  if (!reader.done) throw new Error(`not taught: ${text}`);
  return { run, placeholders: reader.placeholders };
}

function either(reader: Reader): Test {
  const tests = [both(reader)];
  while (reader.accept('OR')) tests.push(both(reader));
  return (scope) => tests.some((test) => test(scope));
}

function both(reader: Reader): Test {
  const tests = [single(reader)];
  while (reader.accept('AND')) tests.push(single(reader));
  return (scope) => tests.every((test) => test(scope));
}

function single(reader: Reader): Test {
  if (reader.accept('(')) {
    const test = either(reader);
    reader.expect(')');
    return test;
  }
  if (reader.is('attribute_exists', 'attribute_not_exists')) return existence(reader);
  if (reader.accept('begins_with')) return beginning(reader);
  return comparison(reader);
}

function existence(reader: Reader): Test {
  const wanted = reader.next() === 'attribute_exists';
  reader.expect('(');
  const operand = reader.operand();
  reader.expect(')');
  return (scope) => (operand(scope) !== undefined) === wanted;
}

function beginning(reader: Reader): Test {
  reader.expect('(');
  const operand = reader.operand();
  reader.expect(',');
  const prefix = reader.operand();
  reader.expect(')');
  return (scope) => operand(scope)?.S?.startsWith(prefix(scope)?.S ?? '\0') ?? false;
}

/** By the order of two values; undefined when one of them is not there, or they are of two types. */
const COMPARISONS: Readonly<Record<string, (order: number | undefined) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order !== undefined && order < 0,
  '>': (order) => order !== undefined && order > 0,
  '<=': (order) => order !== undefined && order <= 0,
  '>=': (order) => order !== undefined && order >= 0,
};

function comparison(reader: Reader): Test {
  const left = reader.operand();
  if (reader.accept('IN')) return membership(left, reader);
  const operator = reader.next();
  const holds = COMPARISONS[operator];
  if (!holds) throw new Error(`not taught: the operator ${operator}`);
  const right = reader.operand();
  return (scope) => holds(compare(left(scope), right(scope)));
}

function membership(left: (scope: Scope) => AttributeValue | undefined, reader: Reader): Test {
  reader.expect('(');
  const members = [reader.operand()];
  while (reader.accept(',')) members.push(reader.operand());
  reader.expect(')');
  return (scope) => members.some((member) => compare(left(scope), member(scope)) === 0);
}
