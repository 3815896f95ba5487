import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesOn, dayOf, historyOf, putChanges } from '../../../shared/catalog/changes.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import { topicDetails } from '../../arbitraries.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();

function change(fields: Partial<Change> = {}): Change {
  return { observedAt: at(10), runId: RUN_ID, kind: 'updated', groupId: GROUP, topicId: 'a', ...fields };
}

const history = (app: number, topicId = 'a') => collect(historyOf(table.store, app, GROUP, topicId));

describe('a topic’s history', () => {
  it('is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(topicDetails, { nil: undefined }),
        fc.option(topicDetails, { nil: undefined }),
        async (before, after) => {
          const app = table.freshApp();
          const written = change({ ...(before && { before }), ...(after && { after }) });
          await putChanges(table.store, app, [written]);
          expect(await history(app)).toEqual([written]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is in the order of time, however it was written', async () => {
    const app = table.freshApp();
    await putChanges(
      table.store,
      app,
      [30, 10, 20].map((seconds) => change({ observedAt: at(seconds) })),
    );
    expect((await history(app)).map(({ observedAt }) => observedAt)).toEqual([at(10), at(20), at(30)]);
  });

  it('holds an entry once that is written again', async () => {
    const app = table.freshApp();
    await putChanges(table.store, app, [change()]);
    await putChanges(table.store, app, [change()]);
    expect(await history(app)).toHaveLength(1);
  });

  it('is not that of a topic whose id begins alike', async () => {
    const app = table.freshApp();
    const topicIds = ['a', 'aa', 'a|', 'a|b', 'a%7C'];
    await putChanges(
      table.store,
      app,
      topicIds.map((topicId) => change({ topicId })),
    );
    for (const topicId of topicIds) expect(await history(app, topicId)).toEqual([change({ topicId })]);
  });
});

describe('the changes of a day', () => {
  it('are those of every topic and kind whose request was sent on it, UTC', async () => {
    const app = table.freshApp();
    const today = Array.from({ length: 40 }, (_, nth) => change({ topicId: `t${nth}`, observedAt: at(nth) }));
    const others = [change({ observedAt: at(-86_400) }), change({ observedAt: '2026-11-23T00:00:00.000Z' })];
    await putChanges(table.store, app, [...today, ...others]);
    const found = await collect(changesOn(table.store, app, '2026-11-22'));
    expect(found.sort((a, b) => (a.observedAt < b.observedAt ? -1 : 1))).toEqual(today);
  });

  it('can be those of one run', async () => {
    const app = table.freshApp();
    await putChanges(table.store, app, [change(), change({ topicId: 'b', runId: LATER_RUN_ID })]);
    expect(await collect(changesOn(table.store, app, dayOf(at(0)), { runId: LATER_RUN_ID }))).toEqual([
      change({ topicId: 'b', runId: LATER_RUN_ID }),
    ]);
  });
});
