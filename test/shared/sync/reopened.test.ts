import { describe, expect, it } from '@jest/globals';
import { summaryAfterReopening } from '../../../shared/sync/reopened.ts';
import { createTally } from '../../../shared/sync/tally.ts';
import { at, community, communityRun, LATER_RUN_ID, run } from '../../builders.ts';

const NO_COST = { writeUnits: 0, readUnits: 0 };

function summaryOf(stamps: readonly ReturnType<typeof community>[]) {
  const tally = createTally(run());
  for (const stamp of stamps) tally.addListed(stamp.groupId, stamp);
  return tally.summary(run(), at(601), NO_COST, false);
}

const synced = community({ groupId: 'a', run: communityRun({ created: 2, calls: 3, writeUnits: 5 }) });
const failed = community({
  groupId: 'b',
  topicCount: 0,
  run: communityRun({ outcome: 'failed', calls: 4 }),
});
const healed = community({ groupId: 'b', run: communityRun({ updated: 1, calls: 5 }) });

describe('the summary of a run that was opened again', () => {
  it('is the count of the whole run, with what healed', () => {
    const first = summaryOf([synced, failed]);
    const now = summaryOf([synced, healed]);
    expect(first.communities).toMatchObject({ synced: 1, failed: 1 });
    expect(summaryAfterReopening(first, now)).toEqual(now);
    expect(now).toMatchObject({
      communities: { synced: 2, failed: 0 },
      topics: { created: 2, updated: 1 },
      api: { calls: 9 },
    });
  });

  it('keeps what it did in communities that a later run has stamped since', () => {
    const first = summaryOf([synced, failed]);
    const later = communityRun({ id: LATER_RUN_ID, outcome: 'unchanged' });
    const overtaken = community({ groupId: 'a', lastSyncedAt: at(90_000), run: later });
    const after = summaryAfterReopening(first, summaryOf([overtaken, healed]));
    expect(after).toMatchObject({
      communities: { synced: 1, unchanged: 1, failed: 0 },
      topics: { active: 4, created: 2, updated: 1, unchanged: 1 },
      api: { calls: first.api.calls },
      dynamodb: { writeUnits: first.dynamodb.writeUnits },
    });
  });

  it('names the counters that it has found, though a later run has stamped their communities since', () => {
    const noisy = communityRun({ updated: 30, noisy: { Score: 30 } });
    const first = summaryOf([community({ groupId: 'a', run: noisy }), failed]);
    const noisyFields = [{ field: 'Score', topics: 30 }];
    expect(first.noisyFields).toEqual(noisyFields);
    const overtaken = community({
      groupId: 'a',
      lastSyncedAt: at(90_000),
      run: communityRun({ id: LATER_RUN_ID }),
    });
    expect(summaryAfterReopening(first, summaryOf([overtaken, healed])).noisyFields).toEqual(noisyFields);
    expect(
      summaryAfterReopening(summaryOf([synced, failed]), summaryOf([synced, healed])),
    ).not.toHaveProperty('noisyFields');
  });
});
