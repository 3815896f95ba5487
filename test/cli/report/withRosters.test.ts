import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withRosters } from '../../../cli/report/catalog/withRosters.ts';
import { communityKey } from '../../../shared/catalog/keys.ts';
import type { Roster } from '../../../shared/sync/roster.ts';
import { at, community, RUN_ID } from '../../builders.ts';
import { collect } from '../../support/collect.ts';

async function* streamed<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const roster = (groupId: string): Roster => ({ groupId, runId: RUN_ID, observedAt: at(0), rows: new Map() });

/** As the table holds them. */
function inOrder(groupIds: readonly string[]): string[] {
  const keyed = groupIds.map((groupId) => ({ groupId, ...communityKey(0, groupId) }));
  keyed.sort((a, b) => compare(a.pk, b.pk) || compare(a.sk, b.sk));
  return keyed.map(({ groupId }) => groupId);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

describe('communities with their rosters', () => {
  it('are each community once, with its own roster if it has one', async () => {
    // Ids of which one begins another, and characters that keys spell differently.
    const groupId = fc.string({
      unit: fc.constantFrom('a', 'b', '!', '|', '%', '"'),
      minLength: 1,
      maxLength: 4,
    });
    const groupIds = fc.uniqueArray(groupId, { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(groupIds, groupIds, async (stamped, rostered) => {
        const communities = inOrder(stamped).map((groupId) => community({ groupId }));
        const rosters = inOrder(rostered).map(roster);
        const read = await collect(withRosters(streamed(communities), streamed(rosters)));
        expect(read.map((one) => one.community)).toEqual(communities);
        for (const one of read) {
          const { groupId } = one.community;
          expect(one.roster?.groupId).toBe(rostered.includes(groupId) ? groupId : undefined);
        }
      }),
    );
  });
});
