import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { putActivity } from '../../../../shared/catalog/activity.ts';
import { type ActiveWanted, activeTopics } from '../../../../shared/catalog/queries/activeTopics.ts';
import { queriesOf } from '../../../../shared/catalog/queries/index.ts';
import { openRun } from '../../../../shared/catalog/runProgress.ts';
import { GROUP } from '../../../builders.ts';
import { collect } from '../../../support/collect.ts';
import { useMemoryTable } from '../../../support/memoryTable.ts';

const table = useMemoryTable();

/** Nights in a row, by their number. */
const runIdOf = (night: number) => `2026-11-0${night + 1}T02:00:00.000Z`;

/** Messages that some nights saw come. */
interface Seen {
  readonly night: number;
  readonly groupId?: string;
  readonly topicId: string;
  readonly newMessages: number;
}

async function stored(all: readonly Seen[]): Promise<number> {
  const app = table.freshApp();
  for (const night of new Set(all.map((one) => one.night)))
    await openRun(table.store, app, { runId: runIdOf(night), startedAt: runIdOf(night), limit: 1 });
  const grouped = Map.groupBy(all, ({ night, groupId = GROUP }) => JSON.stringify([night, groupId]));
  const entries = [...grouped.values()].map((topics) => {
    const [{ night, groupId = GROUP }] = topics as [Seen];
    const told = topics.map(({ topicId, newMessages }) => ({
      topicId,
      newMessages,
      nextMsgSeq: 10 * (night + 1),
    }));
    return { entry: { groupId, runId: runIdOf(night), observedAt: runIdOf(night), topics: told } };
  });
  await putActivity(table.store, app, entries, 400);
  return app;
}

const seen = fc.uniqueArray(
  fc.record({
    night: fc.nat(3),
    groupId: fc.constantFrom('g', 'G|', 'another', '%7C'),
    topicId: fc.constantFrom('a', 'b', 'c'),
    newMessages: fc.integer({ min: 1, max: 5 }),
  }),
  { selector: ({ newMessages: _, ...ids }) => JSON.stringify(ids), maxLength: 30 },
);

describe('the most active topics', () => {
  const ask = (app: number, wanted: ActiveWanted) => collect(activeTopics(table.store, app, wanted));

  it('of a run come with the most messages first, equal ones by their ids', async () => {
    const app = await stored([
      { night: 0, topicId: 'b', newMessages: 10 },
      { night: 0, topicId: 'a', newMessages: 10 },
      { night: 0, topicId: 'c', newMessages: 99 },
      { night: 1, topicId: 'a', newMessages: 1000 },
    ]);
    expect(await ask(app, { runId: runIdOf(0), limit: 20 })).toEqual([
      { groupId: GROUP, topicId: 'c', newMessages: 99, nextMsgSeq: 10 },
      { groupId: GROUP, topicId: 'a', newMessages: 10, nextMsgSeq: 10 },
      { groupId: GROUP, topicId: 'b', newMessages: 10, nextMsgSeq: 10 },
    ]);
  });

  it('of several nights are ranked by the messages of all of them', async () => {
    await fc.assert(
      fc.asyncProperty(seen, fc.nat(3), fc.integer({ min: 1, max: 8 }), async (all, first, limit) => {
        const app = await stored(all);
        const sums = new Map<string, number>();
        for (const { night, groupId, topicId, newMessages } of all) {
          const key = JSON.stringify([groupId, topicId]);
          if (night >= first) sums.set(key, (sums.get(key) ?? 0) + newMessages);
        }
        const found = await ask(app, { since: runIdOf(first), limit: 100 });
        expect(
          found
            .map(({ groupId, topicId, newMessages }) => [JSON.stringify([groupId, topicId]), newMessages])
            .sort(),
        ).toEqual([...sums].sort());
        expect(found).toEqual(found.toSorted((a, b) => b.newMessages - a.newMessages));
        expect(await ask(app, { since: runIdOf(first), limit })).toEqual(found.slice(0, limit));
      }),
      { numRuns: 12 },
    );
  });
});

describe('messages by night', () => {
  it('are told newest night first, of the app, a community or a topic, from any cursor on', async () => {
    const wanted = fc.record(
      { groupId: fc.constantFrom('g', 'G|', 'another'), topicId: fc.constantFrom('a', 'b') },
      { requiredKeys: [], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(
        seen,
        wanted,
        fc.nat(3),
        fc.integer({ min: 1, max: 9 }),
        async (all, given, first, taken) => {
          const { topicId, groupId } = given;
          const which = { groupId, ...(groupId !== undefined && { topicId }), since: runIdOf(first) };
          const { activity } = queriesOf(table.store, await stored(all));
          const whole = await collect(activity(which));
          const meant = all.filter(
            (one) =>
              one.night >= first &&
              (groupId === undefined || one.groupId === groupId) &&
              (which.topicId === undefined || one.topicId === which.topicId),
          );
          const told = ({ night, groupId: group, topicId: topic, newMessages }: (typeof all)[number]) =>
            JSON.stringify([runIdOf(night), group, topic, newMessages]);
          expect(
            whole.map((one) => JSON.stringify([one.runId, one.groupId, one.topicId, one.newMessages])).sort(),
          ).toEqual(meant.map(told).sort());
          expect(whole.map(({ runId }) => runId)).toEqual(
            whole
              .map(({ runId }) => runId)
              .toSorted()
              .reverse(),
          );
          const begun = activity(which);
          const head = [];
          for await (const record of begun) if (head.push(record) >= taken) break;
          expect(
            [...head, ...(await collect(activity({ ...which, cursor: begun.cursor })))].slice(
              0,
              whole.length,
            ),
          ).toEqual(whole);
        },
      ),
      { numRuns: 20 },
    );
  });
});
