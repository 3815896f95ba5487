import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TopicFailure } from '../../../shared/chat/types.ts';
import { absentTopics, type Confirmation, TOPIC_GONE_CODES } from '../../../shared/sync/absent.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import { isCandidate, type Snapshot } from '../../../shared/sync/snapshot.ts';
import { planTombstones } from '../../../shared/sync/tombstone.ts';
import { topicLists } from '../../arbitraries.ts';
import { at, GROUP, observation, RUN_ID, snapshot, splitAll } from '../../builders.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const failures: fc.Arbitrary<TopicFailure[]> = fc.uniqueArray(
  fc.record({
    topicId: fc.constantFrom(...IDS),
    code: fc.constantFrom(110003, 10010, 10002, 11000, 10007),
    info: fc.constant(''),
  }),
  { selector: ({ topicId }) => topicId },
);

const answers = fc.tuple(topicLists, failures).map(([topics, failed]) => {
  const shown = new Set(topics.map(({ topicId }) => topicId));
  return { topics, failures: failed.filter(({ topicId }) => !shown.has(topicId)) };
});

const stored: fc.Arbitrary<Snapshot[]> = fc
  .uniqueArray(
    fc.record({
      topicId: fc.constantFrom(...IDS),
      kind: fc.constantFrom('active', 'missing', 'candidate', 'deleted'),
    }),
    { selector: ({ topicId }) => topicId },
  )
  .map((topics) => topics.map(({ topicId, kind }) => snapshotOf(topicId, kind)));

function snapshotOf(topicId: string, kind: string): Snapshot {
  if (kind === 'active') return snapshot({ topicId });
  if (kind === 'missing') return snapshot({ topicId, status: 'missing', missingSince: at(-3600) });
  const deleted = { runId: 'before', kind: 'deleted', runKind: 'deleted' } as const;
  if (kind === 'deleted')
    return snapshot({ topicId, status: 'deleted', deletedAt: at(-1800), lastChange: deleted });
  const proof = { confirmedAt: at(-3600), confirmedCode: 110003, confirmedRunId: 'before' };
  return snapshot({ topicId, status: 'missing', missingSince: at(-3600), ...proof });
}

const confirmations = fc.option(
  answers.map(
    ({ topics, failures }): Confirmation => ({
      topics: splitAll(topics),
      failures,
      observedAt: at(20),
      otherwise: 'the answer does not name it',
    }),
  ),
  { nil: undefined },
);

describe('whatever is stored, answered and confirmed', () => {
  it('a topic is shown, confirmed gone by its own id, or missing, and none is deleted by a plan', () => {
    fc.assert(
      fc.property(stored, answers, confirmations, (before, answer, confirmation) => {
        const seen = observation(answer);
        const absent = new Set(absentTopics(before, seen).map(({ topicId }) => topicId));
        const after = new Map([...before, ...planCommunity(before, seen, confirmation).snapshots].map(keyed));
        const goneById = new Set((confirmation?.failures ?? []).filter(isGone).map(({ topicId }) => topicId));
        const shownById = new Set((confirmation?.topics ?? []).map(({ topicId }) => topicId));
        for (const { topicId } of answer.topics) expect(after.get(topicId)?.status).toBe('active');
        for (const { topicId, status } of before) {
          const now = after.get(topicId) as Snapshot;
          if (status !== 'deleted') expect(now.status).not.toBe('deleted');
          if (!absent.has(topicId)) continue;
          expect(now.status).toBe(shownById.has(topicId) ? 'active' : 'missing');
          expect(isCandidate(now, RUN_ID)).toBe(goneById.has(topicId));
          // An earlier run's proof that was not had again is none any more.
          expect(now.confirmedRunId).toBe(goneById.has(topicId) ? RUN_ID : undefined);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('only what was confirmed in this run becomes a tombstone, and nothing that was confirmed after the verdict', () => {
    fc.assert(
      fc.property(stored, answers, confirmations, fc.boolean(), (before, answer, confirmation, isLate) => {
        const plan = planCommunity(before, observation(answer), confirmation);
        const after = [...new Map([...before, ...plan.snapshots].map(keyed)).values()];
        const judged = { runId: RUN_ID, judgedAt: at(isLate ? 15 : 30), lastSyncedAt: at(10) };
        const { snapshots } = planTombstones(after, judged);
        const expected = after.filter((topic) => !isLate && isCandidate(topic, RUN_ID));
        expect(snapshots.map(({ topicId }) => topicId).sort()).toEqual(
          expected.map(({ topicId }) => topicId).sort(),
        );
        for (const { status, groupId } of snapshots)
          expect({ status, groupId }).toEqual({ status: 'deleted', groupId: GROUP });
      }),
    );
  });
});

function keyed(topic: Snapshot): [string, Snapshot] {
  return [topic.topicId, topic];
}

function isGone({ code }: TopicFailure): boolean {
  return code !== undefined && TOPIC_GONE_CODES.has(code);
}
