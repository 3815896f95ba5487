import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { knowing, type Parser } from '../../local/knownExpressions.ts';

const require = createRequire(import.meta.url);
const conditions = require('dynalite/db/conditionParser') as Parser;
const updates = require('dynalite/db/updateParser') as Parser;
const { validateExpressions } = require('dynalite/validations') as {
  validateExpressions(request: Record<string, unknown>): string | undefined;
};

const name = fc.constantFrom('a', 'b.c', '#a', '#b', 'a[1]', 'size', '#missing');
const value = fc.constantFrom(':x', ':y', ':missing');
const condition = fc.oneof(
  fc.tuple(name, fc.constantFrom('=', '<>', '<', '>='), value).map((parts) => parts.join(' ')),
  fc.tuple(name, name).map(([one, other]) => `${one} = ${other}`),
  name.map((path) => `attribute_not_exists(${path})`),
  fc.tuple(name, value).map(([path, prefix]) => `begins_with(${path}, ${prefix})`),
  fc.tuple(name, value).map(([path, type]) => `attribute_type(${path}, ${type})`),
  fc.tuple(name, value, value).map(([path, low, high]) => `${path} BETWEEN ${low} AND ${high}`),
  fc.constant('no condition'),
);
const update = fc.oneof(
  fc.tuple(name, value).map(([path, to]) => `SET ${path} = ${to}`),
  fc
    .tuple(name, value, value)
    .map(([path, one, other]) => `SET ${path} = if_not_exists(${path}, ${one}) + ${other}`),
  fc.tuple(name, name, value).map(([one, other, to]) => `SET ${one} = ${to} REMOVE ${other}`),
  fc.tuple(name, value).map(([path, by]) => `ADD ${path} ${by}`),
);
const given = fc.constantFrom(
  { S: 'some' },
  { S: 'N' },
  { N: '1' },
  { N: '2' },
  { BOOL: true },
  { SS: ['a'] },
);
const request = fc.record(
  {
    ConditionExpression: fc.oneof(
      condition,
      fc.tuple(condition, condition).map(([one, other]) => `${one} AND NOT ${other}`),
    ),
    UpdateExpression: update,
    ExpressionAttributeNames: fc.constantFrom({ '#a': 'a' }, { '#a': 'z', '#b': 'b' }),
    ExpressionAttributeValues: fc.record({ ':x': given, ':y': given }, { requiredKeys: [':x'] }),
  },
  { requiredKeys: ['ExpressionAttributeValues'] },
);

describe('expressions that are known', () => {
  it('are what they would be if they were parsed anew, whatever came before', () => {
    const parsers = [conditions, updates].map((parser) => ({
      parser,
      parse: parser.parse,
      knows: knowing(parser),
    }));
    const validated = (asked: Record<string, unknown>, which: 'parse' | 'knows') => {
      for (const { parser, parse, knows } of parsers)
        Object.assign(parser, { parse: which === 'parse' ? parse : knows.parse });
      const data = JSON.parse(JSON.stringify(asked)) as Record<string, unknown>;
      const wrong = validateExpressions(data);
      return { wrong, updates: data['_updates'], condition: data['_condition'] };
    };
    try {
      fc.assert(
        fc.property(request, (asked) => {
          const anew = validated(asked, 'parse');
          expect(validated(asked, 'knows')).toEqual(anew);
          const again = validated(asked, 'knows');
          expect(again).toEqual(anew);
          spoil(again);
          expect(validated(asked, 'knows')).toEqual(anew);
        }),
        { numRuns: 2000 },
      );
    } finally {
      for (const { parser, parse } of parsers) Object.assign(parser, { parse });
    }
  });
});

/** Does with a tree what an update does with it, and worse. */
function spoil(part: unknown): void {
  if (typeof part !== 'object' || part === null) return;
  for (const inner of Object.values(part)) spoil(inner);
  Object.assign(part, { val: 'spoilt', name: 'spoilt' });
}
