import { describe, expect, it } from '@jest/globals';
import type { Community } from '../../../shared/catalog/community.ts';
import { createTally } from '../../../shared/sync/tally.ts';
import { at, community, communityRun, LATER_RUN_ID, RUN_ID, run } from '../../builders.ts';

const NO_COST = { writeUnits: 0, readUnits: 0 };

function tallyOf(
  listed: readonly (readonly [string, Community | undefined])[],
  unlisted: readonly Community[] = [],
) {
  const tally = createTally(run());
  for (const [groupId, stamp] of listed) tally.addListed(groupId, stamp);
  for (const stamp of unlisted) tally.addUnlisted(stamp);
  return tally;
}

function summaryOf(...args: Parameters<typeof tallyOf>) {
  return tallyOf(...args).summary(run(), at(601), NO_COST, false);
}

describe('a listed community', () => {
  it.each([
    ['synced', { synced: 1 }],
    ['unchanged', { unchanged: 1 }],
    ['unsupported', { unsupported: 1 }],
    ['failed', { failed: 1 }],
  ] as const)('that the run left %s counts as such', (outcome, counted) => {
    const stamp = community({ run: communityRun({ outcome }) });
    const none = { synced: 0, unchanged: 0, failed: 0, unsupported: 0, ignored: 0, deleted: 0 };
    expect(summaryOf([['a', stamp]]).communities).toEqual({ ...none, listed: 1, ...counted });
  });

  it('without a stamp is pending, and counts as failed because no consumer reached it', () => {
    const tally = tallyOf([['a', undefined]]);
    expect([tally.pending, tally.failed, tally.listed]).toEqual([1, 1, 1]);
    expect(tally.failures).toEqual([{ groupId: 'a', message: 'no consumer reached it' }]);
  });

  it('whose stamp is of the night before is pending, and its old error is not this run’s', () => {
    const old = communityRun({ id: 'the night before', outcome: 'failed' });
    const tally = tallyOf([
      ['a', community({ run: old, lastSyncedAt: at(-86_400), lastErrorCode: 10007, lastError: 'old' })],
    ]);
    expect(tally.pending).toBe(1);
    expect(tally.failures).toEqual([{ groupId: 'a', message: 'no consumer reached it' }]);
  });

  it('whose message never came to an outcome is pending, and named with the message’s last error', () => {
    const trouble = { lastError: 'a is being written by another consumer', lastErrorRunId: RUN_ID };
    const old = communityRun({ id: 'the night before' });
    const tally = tallyOf([['a', community({ run: old, lastSyncedAt: at(-86_400), ...trouble })]]);
    expect([tally.pending, tally.failures]).toEqual([1, [{ groupId: 'a', message: trouble.lastError }]]);
  });

  it.each(['synced', 'unchanged'] as const)(
    'that a later run left %s is covered, and its calls are that run’s',
    (outcome) => {
      const later = communityRun({ id: LATER_RUN_ID, outcome, askedAt: at(90_000), calls: 7, created: 3 });
      const stamp = community({ run: later, lastSyncedAt: at(90_000) });
      const summary = summaryOf([['a', stamp]]);
      expect(summary.communities).toMatchObject({ listed: 1, [outcome]: 1, failed: 0 });
      expect(summary.topics).toMatchObject({ active: 2, created: 0 });
      expect(summary.api.calls).toBe(run().listCalls);
    },
  );

  it('that a later run failed in, after this one had its answer, is covered', () => {
    const later = communityRun({ id: LATER_RUN_ID, outcome: 'failed', askedAt: at(90_000) });
    const tally = tallyOf([['a', community({ run: later, lastSyncedAt: at(10) })]]);
    expect([tally.pending, tally.failed]).toEqual([0, 0]);
    expect(tally.summary(run(), at(601), NO_COST, false).communities).toMatchObject({ synced: 1, failed: 0 });
  });

  it('that a later run failed in without any answer since this one began is pending', () => {
    const later = communityRun({ id: LATER_RUN_ID, outcome: 'failed', askedAt: at(90_000) });
    expect(tallyOf([['a', community({ run: later, lastSyncedAt: at(-86_400) })]]).pending).toBe(1);
  });
});

describe('a mirrored community that the list did not name', () => {
  const old = communityRun({ id: 'the night before', askedAt: at(-86_400) });
  const unlisted = community({ groupId: 'u', run: old, lastSyncedAt: at(-86_400) });

  it('is unasked until the run has an outcome for it', () => {
    expect(tallyOf([], [unlisted]).unasked).toBe(1);
    expect(tallyOf([], [community({ groupId: 'u' })]).unasked).toBe(0);
  });

  it('need not be asked for when it is deleted', () => {
    expect(tallyOf([], [{ ...unlisted, status: 'deleted' }]).unasked).toBe(0);
  });

  it('counts its topics and its failure, but is not listed', () => {
    const failed = community({
      groupId: 'u',
      run: communityRun({ outcome: 'failed' }),
      lastError: 'no',
      missingCount: 3,
    });
    const tally = tallyOf([], [failed]);
    expect([tally.listed, tally.pending, tally.failed]).toEqual([0, 0, 1]);
    expect(tally.failures).toEqual([{ groupId: 'u', message: 'no' }]);
    expect(tally.summary(run(), at(601), NO_COST, false).topics).toMatchObject({ active: 2, missing: 3 });
  });
});

describe('confirmed deletions', () => {
  const deletions = (fields: Partial<NonNullable<Community['deletions']>> = {}) => ({
    runId: RUN_ID,
    confirmed: 0,
    deleted: 0,
    ...fields,
  });

  it('are candidates until they are carried out, and are judged against what lives on', () => {
    const tally = tallyOf(
      [
        [
          'a',
          community({ groupId: 'a', topicCount: 9, missingCount: 4, deletions: deletions({ confirmed: 3 }) }),
        ],
        ['b', community({ groupId: 'b', topicCount: 5, deletions: deletions({ deleted: 2 }) })],
        [
          'c',
          community({
            groupId: 'c',
            topicCount: 1,
            deletions: deletions({ runId: LATER_RUN_ID, confirmed: 7 }),
          }),
        ],
      ],
      [
        community({
          groupId: 'd',
          topicCount: 0,
          missingCount: 6,
          deletions: deletions({ confirmed: 6, goneAt: at(10) }),
        }),
        community({ groupId: 'e', topicCount: 0, status: 'deleted' }),
      ],
    );
    expect(tally.candidates).toEqual(['a', 'd']);
    expect(tally.deletions).toEqual({
      topics: 3,
      activeTopics: 15,
      deletedTopics: 2,
      communities: 1,
      activeCommunities: 3,
      deletedCommunities: 0,
    });
    const summary = (held: boolean) => tally.summary(run(), at(601), NO_COST, held);
    expect(summary(false).topics).toMatchObject({ active: 15, deleted: 2, missing: 10, held: 0 });
    expect(summary(true).topics).toMatchObject({ active: 15, deleted: 2, missing: 1, held: 9 });
    expect(summary(true).communities.deleted).toBe(0);
  });

  it('of a community are carried out when it is deleted', () => {
    const gone = community({
      groupId: 'd',
      status: 'deleted',
      topicCount: 0,
      deletions: deletions({ deleted: 6, goneAt: at(10) }),
    });
    const tally = tallyOf([], [gone]);
    expect([tally.candidates, tally.deletions.communities]).toEqual([[], 0]);
    const { communities, topics } = tally.summary(run(), at(601), NO_COST, false);
    expect([communities.deleted, topics.deleted]).toEqual([1, 6]);
  });
});

describe('failures', () => {
  it('are named with code and error', () => {
    const stamp = community({
      run: communityRun({ outcome: 'failed' }),
      lastErrorCode: 10007,
      lastError: 'not allowed',
    });
    expect(tallyOf([['a', stamp]]).failures).toEqual([{ groupId: 'a', code: 10007, message: 'not allowed' }]);
  });

  it('are all counted, and the first 20 named', () => {
    const tally = tallyOf(Array.from({ length: 25 }, (_, nth) => [`c${nth}`, undefined] as const));
    expect(tally.failed).toBe(25);
    expect(tally.failures.map(({ groupId }) => groupId)).toEqual(
      Array.from({ length: 20 }, (_, nth) => `c${nth}`),
    );
  });
});

describe('the summary', () => {
  it('adds up what the run did in each community', () => {
    const one = communityRun({
      baseline: 2,
      messageTopics: 4,
      newMessages: 70,
      created: 3,
      updated: 1,
      restored: 1,
      calls: 4,
      retries: 2,
      rateLimited: 1,
      writeUnits: 6,
      readUnits: 1.5,
    });
    const two = communityRun({ outcome: 'unchanged', askedAt: at(10.5) });
    const summary = tallyOf([
      [
        'a',
        community({
          topicCount: 9,
          missingCount: 1,
          run: one,
          deletions: { runId: RUN_ID, confirmed: 0, deleted: 2 },
        }),
      ],
      ['b', community({ topicCount: 5, run: two, lastSyncedAt: at(10.5) })],
    ]).summary(
      run({ retries: 1, rateLimited: 1, readUnits: 3 }),
      at(601),
      { writeUnits: 1, readUnits: 32 },
      false,
    );
    expect(summary).toEqual({
      runId: run().runId,
      elapsedMs: 600_000,
      communities: { listed: 2, synced: 1, unchanged: 1, failed: 0, unsupported: 0, ignored: 0, deleted: 0 },
      topics: {
        active: 14,
        baseline: 2,
        created: 3,
        updated: 1,
        restored: 1,
        deleted: 2,
        missing: 1,
        unchanged: 7,
        held: 0,
      },
      messages: { topics: 4, new: 70 },
      api: { calls: 6, listCalls: 1, retries: 3, rateLimited: 2, peakPerSecond: 2 },
      dynamodb: { writeUnits: 28, readUnits: 37 },
    });
  });

  it('of a run without communities is all zero', () => {
    const empty = run({ listCalls: 0, writeUnits: 0 });
    const { communities, topics, api } = createTally(empty).summary(empty, at(2), NO_COST, false);
    const all = [communities, topics, api].flatMap((counts) => Object.values(counts));
    expect(new Set(all)).toEqual(new Set([0]));
  });
});

describe('a message that came to no outcome', () => {
  const trouble = { lastError: 'the table is out of reach', lastErrorRunId: RUN_ID };
  const named = [{ groupId: 'a', message: trouble.lastError }];

  it('of a community that the list did not name is named', () => {
    const old = communityRun({ id: 'the night before' });
    const tally = tallyOf([], [community({ groupId: 'a', run: old, lastSyncedAt: at(-86_400), ...trouble })]);
    expect([tally.unasked, tally.failed, tally.failures]).toEqual([1, 0, named]);
  });

  it('of deletions that were to be carried out is named, and the community is no failed one', () => {
    const deletions = { runId: RUN_ID, confirmed: 1, deleted: 0 };
    const tally = tallyOf([['a', community({ groupId: 'a', deletions, ...trouble })]]);
    expect([tally.candidates, tally.failed, tally.failures]).toEqual([['a'], 0, named]);
  });

  it('of another run is none of this one’s', () => {
    const deletions = { runId: RUN_ID, confirmed: 1, deleted: 0 };
    const stamp = community({ deletions, ...trouble, lastErrorRunId: LATER_RUN_ID });
    expect(tallyOf([['a', stamp]]).failures).toEqual([]);
  });
});
