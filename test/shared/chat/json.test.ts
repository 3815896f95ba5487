import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, stringifyJson } from '../../../shared/chat/index.ts';

const roundTrip = (text: string) => stringifyJson(parseJson(text));

describe('numbers', () => {
  it.each([
    ['18446744073709551615', 18446744073709551615n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740991', 9007199254740991],
    ['4454685361', 4454685361],
    ['0.1', 0.1],
    ['1.50', 1.5],
    ['1E2', 100],
  ])('%s is held exactly', (text, value) => {
    expect(parseJson(text)).toBe(value);
    expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [value] });
    expect(parseJson(`{"a": ${text} }`)).toEqual({ a: value });
  });

  it.each(['1e400', '-1e-400', '0.12345678901234567890', '12345678.123456789012', '123456789012345678.5'])(
    '%s, which no double holds, stays its own text',
    (text) => {
      expect(roundTrip(`{"a":${text}}`)).toBe(`{"a":${text}}`);
    },
  );

  it('are not looked for in strings', () => {
    const text = '{"a":"18446744073709551615","b":"1e400"}';
    expect(parseJson(text)).toEqual({ a: '18446744073709551615', b: '1e400' });
  });

  const decimals = fc
    .tuple(
      fc.boolean(),
      fc.bigInt({ min: 0n, max: 10n ** 25n }),
      fc.bigInt({ min: 0n, max: 10n ** 20n }),
      fc.integer({ min: -500, max: 500 }),
    )
    .map(([negative, whole, fraction, exponent]) => `${negative ? '-' : ''}${whole}.${fraction}e${exponent}`);

  /** A decimal as a fraction of integers, to compare two spellings without rounding. */
  function exactly(text: string): [bigint, bigint] {
    const [, sign, whole = '', fraction = '', exponent = '0'] =
      /^(-?)(\d+)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
    const power = Number(exponent) - fraction.length;
    const digits = BigInt(`${sign}${whole}${fraction}`);
    return power < 0 ? [digits, 10n ** BigInt(-power)] : [digits * 10n ** BigInt(power), 1n];
  }

  it('of any size and precision are printed with the value they were read with', () => {
    fc.assert(
      fc.property(decimals, (text) => {
        const [a, b] = exactly(text);
        const [c, d] = exactly(roundTrip(text));
        return a * d === c * b;
      }),
    );
  });
});

describe('strings', () => {
  it('with a lone surrogate are made well-formed, in keys too', () => {
    expect(parseJson('{"a\\ud800":"x\\uDC00y"}')).toEqual({ 'a\ufffd': 'x\ufffdy' });
    expect(parseJson('"\ud800"')).toBe('\ufffd');
  });

  it('with a pair of surrogate escapes, or an escaped backslash before "u", keep them', () => {
    expect(parseJson('"\\ud83d\\ude00"')).toBe('😀');
    expect(parseJson('"\\\\ud800"')).toBe('\\ud800');
    expect(parseJson('"\\ud800\\ud83d\\ude00"')).toBe('\ufffd😀');
  });
});

describe('any value', () => {
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(null, true, false),
      fc.string({ unit: 'binary' }),
      // Of the doubles, those that JSON prints in a way that is read as a double again (and no -0).
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => value + 0)
        .filter(
          (value) => !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21,
        ),
      fc.bigInt().filter((value) => value > 2n ** 53n || value < -(2n ** 53n)),
      fc.array(tie('json')),
      fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('__proto__')), tie('json'), {
        noNullPrototype: true,
      }),
    ),
  }));

  it('comes back from its own text', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(parseJson(stringifyJson(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('that JSON.parse refuses is refused', () => {
    for (const text of ['', '{', '[1,]', 'NaN', '01', '18446744073709551615x']) {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    }
  });
});
