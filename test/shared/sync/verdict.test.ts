import { describe, expect, it } from '@jest/globals';
import type { Run } from '../../../shared/catalog/run.ts';
import {
  endingAfterRelease,
  endingOf,
  enumerationDoubt,
  listDoubt,
  reasonsAgainst,
} from '../../../shared/sync/verdict.ts';
import { at, run } from '../../builders.ts';

const deletions = { topics: 0, activeTopics: 288, communities: 0, activeCommunities: 0 };
const clean = {
  listed: 1,
  unlisted: 0,
  pending: 0,
  failed: 0,
  unsupported: 0,
  unasked: 0,
  unexplained: 50,
  candidates: [],
  deletions,
};
const LIMITS = { maxDeletions: 500, maxDeletionRatio: 0.15 };

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

describe('a list that lacks mirrored communities', () => {
  const totals = { totalCountMin: 100, totalCountMax: 100 };

  it.each([
    [5, 0, false],
    [6, 10, true],
    [6, 34, false], // 15 % of 40
    [17, 100, false],
    [18, 100, true],
    [50, 10_000, false],
    [51, 10_000, true],
  ])('%i of them, and names %i, is in doubt: %j', (unlisted, listed, doubted) => {
    const counted = run({ totalCountMin: listed, totalCountMax: listed });
    const doubt = `the list names ${unlisted} communities fewer than are mirrored`;
    expect(listDoubt(counted, { listed, unlisted }, LIMITS)).toBe(doubted ? doubt : undefined);
  });

  it('is trusted when a person says so, and once they have been asked for', () => {
    const short = { listed: 100, unlisted: 90 };
    expect(listDoubt(run({ ...totals, trustedAt: at(99) }), short, LIMITS)).toBeUndefined();
    expect(listDoubt(run({ ...totals, unlistedAskedAt: at(99) }), short, LIMITS)).toBeUndefined();
  });

  it('is doubted for what is wrong with it itself, whatever a person says', () => {
    const gap = run({ totalCountMin: 101, totalCountMax: 101, trustedAt: at(99) });
    expect(listDoubt(gap, { listed: 100, unlisted: 90 }, LIMITS)).toMatch(/TotalCount says 101/);
  });

  it('is one reason, not two', () => {
    const tally = { ...clean, listed: 100, unlisted: 120, unasked: 120 };
    expect(reasonsAgainst(run(totals), tally, LIMITS)).toEqual([
      'the list names 120 communities fewer than are mirrored',
    ]);
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
    expect(reasonsAgainst(run(), clean, LIMITS)).toEqual([]);
  });

  it.each<[Run, Partial<typeof clean>, string]>([
    [run({ haltedBy: { code: 70013, message: 'wrong key' } }), {}, 'halted: wrong key'],
    [run({ totalCountMin: 2, totalCountMax: 2 }), {}, 'the list named 1 communities, its TotalCount says 2'],
    [run(), { failed: 1 }, '1 community failed'],
    [run(), { failed: 2 }, '2 communities failed'],
    // Those without an outcome are among the failed, and named once.
    [run(), { failed: 3, pending: 3 }, '3 listed communities have no outcome'],
    [
      run(),
      { unsupported: 1 },
      'the API serves topics of none of the 1 communities; the command check says why',
    ],
    [run(), { unasked: 4 }, '4 unlisted communities were not asked for'],
    [run(), { unexplained: 51 }, '51 topics are missing, and the API does not say that they are deleted'],
  ])('name each: %#', (against, tally, reason) => {
    expect(reasonsAgainst(against, { ...clean, ...tally }, LIMITS)).toEqual([reason]);
  });

  it('are all named at once', () => {
    const { enumeratedAt: _, ...unfinished } = run({ haltedBy: { message: 'wrong key' } });
    expect(reasonsAgainst(unfinished, { ...clean, pending: 1, failed: 2, unasked: 1 }, LIMITS)).toEqual([
      'halted: wrong key',
      'the list of communities was not read to its end',
      '1 community failed',
      '1 listed communities have no outcome',
      '1 unlisted communities were not asked for',
    ]);
  });
});
