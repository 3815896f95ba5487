import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ALWAYS_COMMUNITIES,
  ALWAYS_TOPICS,
  type Deletions,
  reasonsToHold,
} from '../../../shared/sync/guard.ts';

const LIMITS = { maxDeletions: 500, maxDeletionRatio: 0.15 };
const nothing: Deletions = { topics: 0, activeTopics: 0, communities: 0, activeCommunities: 0 };

const allows = (deletions: Partial<Deletions>, limits = LIMITS) =>
  reasonsToHold({ ...nothing, ...deletions }, limits).length === 0;

describe('deleted topics', () => {
  it.each([
    [50, 0, true],
    [51, 0, false],
    [51, 289, true], // 15 % of 340
    [51, 288, false],
    [500, 100_000, true],
    [501, 100_000, false],
  ])('%i of which %i are left: allowed is %j', (topics, activeTopics, allowed) => {
    expect(allows({ topics, activeTopics })).toBe(allowed);
  });

  it('are 50 whatever the limits say', () => {
    expect(allows({ topics: 50 }, { maxDeletions: 0, maxDeletionRatio: 0 })).toBe(true);
    expect(allows({ topics: 51, activeTopics: 1e9 }, { maxDeletions: 0, maxDeletionRatio: 1 })).toBe(false);
    expect(allows({ topics: 51, activeTopics: 1e9 }, { maxDeletions: 51, maxDeletionRatio: 0 })).toBe(false);
  });
});

describe('disbanded communities', () => {
  it.each([
    [5, 0, true],
    [6, 0, false],
    [6, 34, true], // 15 % of 40
    [6, 33, false],
    [50, 10_000, true],
    [51, 10_000, false],
  ])('%i of which %i are left: allowed is %j', (communities, activeCommunities, allowed) => {
    expect(allows({ communities, activeCommunities })).toBe(allowed);
  });

  it('are a tenth of the limit of topics, not rounded', () => {
    const limits = { maxDeletions: 69, maxDeletionRatio: 1 };
    expect(allows({ communities: 6 }, limits)).toBe(true);
    expect(allows({ communities: 7 }, limits)).toBe(false);
  });
});

describe('the reason', () => {
  it.each<[Partial<Deletions>, string]>([
    [{ topics: 612, activeTopics: 100_000 }, '612 confirmed deletions are held: more than 500 in one run'],
    [
      { topics: 60, activeTopics: 140 },
      '60 confirmed deletions are held: more than 15 % of the 200 there were',
    ],
    [
      { communities: 51, activeCommunities: 10_000 },
      '51 confirmed disbandings are held: more than 50 in one run',
    ],
    [
      { communities: 6, activeCommunities: 14 },
      '6 confirmed disbandings are held: more than 15 % of the 20 there were',
    ],
  ])('names the limit: %#', (deletions, reason) => {
    expect(reasonsToHold({ ...nothing, ...deletions }, LIMITS)).toEqual([reason]);
  });

  it('names both kinds when both are too many', () => {
    expect(reasonsToHold({ ...nothing, topics: 51, communities: 6 }, LIMITS)).toHaveLength(2);
  });
});

const counts = fc.record({
  topics: fc.nat(2000),
  activeTopics: fc.nat(20_000),
  communities: fc.nat(200),
  activeCommunities: fc.nat(2000),
});
const limits = fc.record({
  maxDeletions: fc.nat(2000),
  maxDeletionRatio: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('any run', () => {
  it('is not allowed more by deleting more', () => {
    fc.assert(
      fc.property(counts, limits, fc.nat(1000), fc.nat(1000), (deletions, limit, topics, communities) => {
        const more = {
          ...deletions,
          topics: deletions.topics + topics,
          communities: deletions.communities + communities,
        };
        if (allows(more, limit)) expect(allows(deletions, limit)).toBe(true);
      }),
    );
  });

  it('is not allowed more when what it deletes would otherwise have stayed', () => {
    fc.assert(
      fc.property(counts, limits, fc.nat(), fc.nat(), (deletions, limit, some, others) => {
        const topics = some % (deletions.activeTopics + 1);
        const communities = others % (deletions.activeCommunities + 1);
        const more = {
          topics: deletions.topics + topics,
          activeTopics: deletions.activeTopics - topics,
          communities: deletions.communities + communities,
          activeCommunities: deletions.activeCommunities - communities,
        };
        if (allows(more, limit)) expect(allows(deletions, limit)).toBe(true);
      }),
    );
  });

  it('may always delete fifty topics and five communities', () => {
    fc.assert(
      fc.property(counts, limits, (deletions, limit) => {
        const few = {
          ...deletions,
          topics: Math.min(deletions.topics, ALWAYS_TOPICS),
          communities: Math.min(deletions.communities, ALWAYS_COMMUNITIES),
        };
        expect(allows(few, limit)).toBe(true);
      }),
    );
  });

  it('may delete exactly the share that the limit names', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 51, max: 1000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (topics, left) => {
          const limit = { maxDeletions: 1000, maxDeletionRatio: topics / (topics + left) };
          expect(allows({ topics, activeTopics: left }, limit)).toBe(true);
          expect(allows({ topics: topics + 1, activeTopics: left }, limit)).toBe(left === 0 && topics < 1000);
        },
      ),
    );
  });
});

describe('a run that was opened again', () => {
  it('is judged with what it has deleted already', () => {
    const limits = { maxDeletions: 500, maxDeletionRatio: 0.15 };
    const few = { ...nothing, topics: 10, activeTopics: 100 };
    expect(reasonsToHold({ ...few, deletedTopics: 40 }, limits)).toEqual([]);
    expect(reasonsToHold({ ...few, deletedTopics: 41 }, limits)).toHaveLength(1);
    const gone = { ...nothing, communities: 1, activeCommunities: 9, deletedCommunities: 5 };
    expect(reasonsToHold(gone, limits)).toHaveLength(1);
  });

  it('that confirms nothing more has nothing to hold', () => {
    const limits = { maxDeletions: 500, maxDeletionRatio: 0.15 };
    expect(reasonsToHold({ ...nothing, deletedTopics: 9_999 }, limits)).toEqual([]);
  });
});
