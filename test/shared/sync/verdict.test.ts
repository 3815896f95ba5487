import { describe, expect, it } from '@jest/globals';
import type { Run } from '../../../shared/catalog/run.ts';
import {
  endingAfterRelease,
  endingOf,
  enumerationDoubt,
  reasonsAgainst,
} from '../../../shared/sync/verdict.ts';
import { at, run } from '../../builders.ts';

const clean = { listed: 1, pending: 0, failed: 0, unasked: 0, candidates: [] };

describe('a complete enumeration', () => {
  it('named as many communities as its pages said there are', () => {
    expect(enumerationDoubt(run(), 1)).toBeUndefined();
  });

  it.each([5, 6, 7])('may have seen communities come and go: %i of 5 to 7', (distinct) => {
    expect(enumerationDoubt(run({ totalCountMin: 5, totalCountMax: 7 }), distinct)).toBeUndefined();
  });

  it('may be empty', () => {
    expect(enumerationDoubt(run({ totalCountMin: 0, totalCountMax: 0 }), 0)).toBeUndefined();
  });
});

describe('an enumeration is in doubt', () => {
  const { enumeratedAt: _, ...unfinished } = run();
  it.each<[string, Run, number, string]>([
    ['when it was not read to its end', unfinished, 1, 'the list of communities was not read to its end'],
    [
      'when it has a problem of its own',
      run({ enumerationProblem: 'the list gave the cursor 7 twice' }),
      1,
      'the list gave the cursor 7 twice',
    ],
    [
      'when it named too few',
      run({ totalCountMin: 3, totalCountMax: 3 }),
      2,
      'the list named 2 communities, its TotalCount says 3',
    ],
    [
      'when it named too many',
      run({ totalCountMin: 3, totalCountMax: 5 }),
      6,
      'the list named 6 communities, its TotalCount says 3 to 5',
    ],
  ])('%s', (_what, doubted, distinct, doubt) => {
    expect(enumerationDoubt(doubted, distinct)).toBe(doubt);
  });
});

describe('the ending of a run', () => {
  const held = ['612 confirmed deletions are held: more than 500 in one run'];

  it.each([
    [[], [], 'COMPLETE'],
    [[], held, 'HELD'],
    [['1 community failed'], held, 'INCOMPLETE'],
    [['1 community failed'], [], 'INCOMPLETE'],
  ])('with %j against it, holding %j, is %s', (against, holding, status) => {
    expect(endingOf(against, holding)).toEqual({ status, reasons: [...against, ...holding] });
  });

  it('is, once it is released, what it would have been without the guard', () => {
    const released = (reasons: string[]) =>
      endingAfterRelease(run({ reasons, verdict: { judgedAt: at(9), reasons: held } }), clean);
    expect(released(held)).toEqual({ status: 'COMPLETE', reasons: [] });
    expect(released(['1 community failed', ...held])).toEqual({
      status: 'INCOMPLETE',
      reasons: ['1 community failed'],
    });
  });

  it('is INCOMPLETE when what was released is not carried out', () => {
    const released = run({
      reasons: held,
      verdict: { judgedAt: at(9), reasons: held },
      tombstonesAskedAt: at(99),
    });
    expect(endingAfterRelease(released, { candidates: ['a', 'b'] })).toEqual({
      status: 'INCOMPLETE',
      reasons: ['confirmed deletions in 2 communities were not carried out'],
    });
  });
});

describe('the reasons against a run', () => {
  it('are none when every community has an outcome and none failed', () => {
    expect(reasonsAgainst(run(), clean)).toEqual([]);
  });

  it.each<[Run, Partial<typeof clean>, string]>([
    [run({ haltedBy: { code: 70013, message: 'wrong key' } }), {}, 'halted: wrong key'],
    [run({ totalCountMin: 2, totalCountMax: 2 }), {}, 'the list named 1 communities, its TotalCount says 2'],
    [run(), { failed: 1 }, '1 community failed'],
    [run(), { failed: 2 }, '2 communities failed'],
    // Those without an outcome are among the failed, and named once.
    [run(), { failed: 3, pending: 3 }, '3 listed communities have no outcome'],
    [run(), { unasked: 4 }, '4 unlisted communities were not asked for'],
  ])('name each: %#', (against, tally, reason) => {
    expect(reasonsAgainst(against, { ...clean, ...tally })).toEqual([reason]);
  });

  it('are all named at once', () => {
    const { enumeratedAt: _, ...unfinished } = run({ haltedBy: { message: 'wrong key' } });
    expect(reasonsAgainst(unfinished, { ...clean, pending: 1, failed: 2, unasked: 1 })).toEqual([
      'halted: wrong key',
      'the list of communities was not read to its end',
      '1 community failed',
      '1 listed communities have no outcome',
      '1 unlisted communities were not asked for',
    ]);
  });
});
