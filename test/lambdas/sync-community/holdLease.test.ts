import { describe, expect, it } from '@jest/globals';
import { holdLease, LEASE_MS } from '../../../lambdas/sync-community/holdLease.ts';
import { CommunityBusyError, type SyncParts } from '../../../lambdas/sync-community/outcome.ts';

const GROUP = '@TGS#_@TGS#cHOLD';
const TAKEN_AT = 1_000_000;

/** A lease under a clock of the test's, on a table that grants or refuses extensions. */
function held({ granted = true, deadline = Number.POSITIVE_INFINITY } = {}) {
  let time = TAKEN_AT;
  const extensions: string[] = [];
  const parts = {
    writer: 'w',
    deadline,
    now: () => time,
    catalog: {
      extendWriting: async (_group: string, { until }: { until: string }) => {
        extensions.push(until);
        return granted;
      },
    },
  } as unknown as SyncParts;
  return {
    lease: holdLease(parts, GROUP, TAKEN_AT),
    extensions,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('a writer’s lease in use', () => {
  it('is left alone while enough of it is left', async () => {
    const { lease, extensions, pass } = held();
    pass(LEASE_MS - 4_000);
    await lease.keep();
    expect(extensions).toEqual([]);
  });

  it('is extended once for all writes that wait for it, and lasts as long again', async () => {
    const { lease, extensions, pass } = held();
    pass(LEASE_MS - 3_999);
    await Promise.all([lease.keep(), lease.keep(), lease.keep()]);
    expect(extensions).toEqual([new Date(TAKEN_AT + 2 * LEASE_MS - 3_999).toISOString()]);
    pass(LEASE_MS - 4_000);
    await lease.keep();
    expect(extensions).toHaveLength(1);
  });

  it('hands the message back when another writer has it', async () => {
    const { lease, pass } = held({ granted: false });
    pass(LEASE_MS + 1);
    await expect(lease.keep()).rejects.toThrow(CommunityBusyError);
  });

  it('is not extended beyond the time that the consumer has', async () => {
    const { lease, extensions, pass } = held({ deadline: TAKEN_AT + 5_000 });
    pass(LEASE_MS);
    await expect(lease.keep()).rejects.toThrow(/no time is left/);
    expect(extensions).toEqual([]);
  });
});
