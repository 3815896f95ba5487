import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { putChanges } from '../../../../shared/catalog/changes.ts';
import { activeTopics } from '../../../../shared/catalog/queries/activeTopics.ts';
import { newMessagesOf } from '../../../../shared/catalog/queries/newMessages.ts';
import type { Change } from '../../../../shared/sync/snapshot.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID } from '../../../builders.ts';
import { collect } from '../../../support/collect.ts';
import { useMemoryTable } from '../../../support/memoryTable.ts';
import { change } from './changes.ts';

const table = useMemoryTable();
const RUN = { runId: RUN_ID, startedAt: at(0), closedAt: at(3600) };

/** A topic's messages, as an update shows them. */
const messages = (topicId: string, was: number, is: number, fields: Partial<Change> = {}) =>
  change({ topicId, before: { nextMsgSeq: was }, after: { nextMsgSeq: is }, ...fields });

async function ranking(changes: readonly Change[], limit = 20, run = RUN) {
  const app = table.freshApp();
  await putChanges(table.store, app, changes);
  return collect(activeTopics(table.store, app, run, { limit }));
}

describe('the new messages of a change', () => {
  it.each<[string, Partial<Change>, number]>([
    ['are how far nextMsgSeq went on', { before: { nextMsgSeq: 7 }, after: { nextMsgSeq: 10 } }, 3],
    ['are none when only other fields changed', { before: { topicName: 'a' }, after: { topicName: 'b' } }, 0],
    ['are none when it went back', { before: { nextMsgSeq: 7 }, after: { nextMsgSeq: 1 } }, 0],
    ['cannot be told when the API did not send it before', { before: {}, after: { nextMsgSeq: 10 } }, 0],
    ['cannot be told when the API sends it no more', { before: { nextMsgSeq: 7 }, after: {} }, 0],
    ['are all that a new topic had', { kind: 'created', after: { nextMsgSeq: 10 } }, 9],
    ['are none of a new topic without one', { kind: 'created', after: { nextMsgSeq: 1 } }, 0],
    [
      'are those meanwhile, of one that came back',
      { kind: 'restored', before: { nextMsgSeq: 2 }, after: { nextMsgSeq: 5 } },
      3,
    ],
    ['are none of one that is gone', { kind: 'deleted', before: { nextMsgSeq: 7 } }, 0],
  ])('%s', (_what, fields, expected) => {
    expect(newMessagesOf(change(fields))).toBe(expected);
  });
});

describe('the most active topics of a run', () => {
  it('come with the most messages first, equal ones by their ids, and new topics told apart', async () => {
    const found = await ranking([
      messages('b', 5, 15),
      messages('a', 5, 15),
      messages('c', 1, 100),
      change({ topicId: 'new', kind: 'created', after: { nextMsgSeq: 51, topicName: 'New' } }),
      change({ topicId: 'renamed', before: { topicName: 'a' }, after: { topicName: 'b' } }),
      messages('other run', 1, 1000, { runId: LATER_RUN_ID }),
    ]);
    expect(found).toEqual([
      { groupId: GROUP, topicId: 'c', kind: 'updated', newMessages: 99, nextMsgSeq: 100 },
      { groupId: GROUP, topicId: 'new', kind: 'created', newMessages: 50, nextMsgSeq: 51 },
      { groupId: GROUP, topicId: 'a', kind: 'updated', newMessages: 10, nextMsgSeq: 15 },
      { groupId: GROUP, topicId: 'b', kind: 'updated', newMessages: 10, nextMsgSeq: 15 },
    ]);
  });

  it('are found on both days of a night that goes past midnight', async () => {
    const night = { ...RUN, startedAt: '2026-11-22T23:00:00.000Z', closedAt: '2026-11-23T01:00:00.000Z' };
    const found = await ranking(
      [
        messages('a', 1, 2, { observedAt: '2026-11-22T23:30:00.000Z' }),
        messages('b', 1, 3, { observedAt: '2026-11-23T00:30:00.000Z' }),
      ],
      20,
      night,
    );
    expect(found.map(({ topicId }) => topicId)).toEqual(['b', 'a']);
  });

  it('count what the run saw of a topic in several steps together', async () => {
    const found = await ranking([
      change({ topicId: 'a', kind: 'created', after: { nextMsgSeq: 5 } }),
      messages('a', 5, 9, { observedAt: at(20) }),
      messages('b', 1, 7),
    ]);
    expect(found).toMatchObject([
      { topicId: 'a', kind: 'created', newMessages: 8, nextMsgSeq: 9 },
      { topicId: 'b', kind: 'updated', newMessages: 6, nextMsgSeq: 7 },
    ]);
  });

  it('are the first of all, though far more are read than are kept', async () => {
    const app = table.freshApp();
    const counts = Array.from({ length: 2_600 }, (_, nth) => 1 + ((nth * 7919) % 2_600));
    await putChanges(
      table.store,
      app,
      counts.map((count, nth) => messages(`t${nth}`, 1, 1 + count, { observedAt: at(nth) })),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), async (limit) => {
        const found = await collect(activeTopics(table.store, app, RUN, { limit }));
        const expected = counts.toSorted((a, b) => b - a).slice(0, limit);
        expect(found.map(({ newMessages }) => newMessages)).toEqual(expected);
      }),
      { numRuns: 3 },
    );
  });
});
