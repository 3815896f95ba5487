import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { historyOf, putChanges } from '../../../../shared/catalog/changes.ts';
import { type ChangesWanted, changesBetween } from '../../../../shared/catalog/queries/changesBetween.ts';
import { changesSince } from '../../../../shared/catalog/queries/changesSince.ts';
import { endOf, startOf } from '../../../../shared/catalog/queries/days.ts';
import { openRun } from '../../../../shared/catalog/runProgress.ts';
import { runsOf } from '../../../../shared/catalog/runs.ts';
import { metered } from '../../../../shared/catalog/store.ts';
import { createUnitMeter } from '../../../../shared/catalog/units.ts';
import type { Change, ChangeKind } from '../../../../shared/sync/snapshot.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID } from '../../../builders.ts';
import { collect } from '../../../support/collect.ts';
import { useMemoryTable } from '../../../support/memoryTable.ts';
import { change, inOrder } from './changes.ts';

const table = useMemoryTable();
const DAY = '2026-11-22';
const [FROM, TO] = [startOf(DAY), endOf(DAY)];
const HOURS = 3600;

/** Changes of a topic each, so many of them, an hour between each two. */
const hourly = (count: number, fields: (nth: number) => Partial<Change> = () => ({})) =>
  Array.from({ length: count }, (_, nth) =>
    change({ topicId: `t${nth}`, observedAt: at(nth * HOURS), ...fields(nth) }),
  );

async function written(changes: readonly Change[]): Promise<number> {
  const app = table.freshApp();
  await putChanges(table.store, app, changes);
  return app;
}

const between = (app: number, wanted: Partial<ChangesWanted> = {}) =>
  collect(changesBetween(table.store, app, { from: FROM, to: TO, ...wanted }));

describe('the changes between two instants', () => {
  it('are all of them in the order of time, both instants and the days between included', async () => {
    const changes = hourly(80);
    const app = await written(changes);
    const [from, to] = [at(5 * HOURS), at(70 * HOURS)];
    expect(await between(app, { from, to })).toEqual(changes.slice(5, 71));
  });

  it('keep what each changed as it was stored', async () => {
    const changes = [
      change({ before: { topicName: 'Old', nextMsgSeq: 4 }, after: { topicName: '', nextMsgSeq: 9 } }),
    ];
    expect(await between(await written(changes))).toEqual(changes);
  });

  it('of one instant are in the order of the ids, from whichever shard they come', async () => {
    const ids = ['z', 'a', 'M', '10', '9', 'é'.normalize('NFD'), 'a|b', 'a%7Cb'];
    const changes = ['g2', 'g1'].flatMap((groupId) => ids.map((topicId) => change({ groupId, topicId })));
    expect(await between(await written(changes))).toEqual(inOrder(changes));
  });

  it('can be of some kinds, and of one run', async () => {
    const kinds: ChangeKind[] = ['created', 'updated', 'deleted', 'restored'];
    const changes = hourly(20, (nth) => ({
      kind: kinds[nth % 4] as ChangeKind,
      runId: nth % 3 === 0 ? LATER_RUN_ID : RUN_ID,
    }));
    const app = await written(changes);
    const asked = async (wanted: Partial<ChangesWanted>) =>
      expect(await between(app, wanted)).toEqual(
        changes.filter(
          ({ kind, runId }) =>
            (!wanted.kinds?.length || wanted.kinds.includes(kind)) && (wanted.runId ?? runId) === runId,
        ),
      );
    for (const kind of kinds) await asked({ kinds: [kind] });
    await asked({ kinds: ['deleted', 'restored'] });
    await asked({ kinds: [] });
    await asked({ runId: LATER_RUN_ID });
    await asked({ runId: LATER_RUN_ID, kinds: ['created', 'updated'] });
  });

  it('are the first of them when only so many are asked for', async () => {
    const changes = hourly(60, (nth) => ({ kind: nth % 2 === 0 ? 'updated' : 'created' }));
    const app = await written(changes);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), fc.boolean(), async (limit, filtered) => {
        const to = endOf('2026-11-25');
        const all = filtered ? changes.filter(({ kind }) => kind === 'created') : changes;
        const wanted = { to, limit, ...(filtered && { kinds: ['created'] as const }) };
        expect(await between(app, wanted)).toEqual(all.slice(0, limit));
      }),
      { numRuns: 15 },
    );
  });

  it('are read page by page: a shard of a day may have many', async () => {
    const introduction = 'x'.repeat(60_000);
    // One topic, so one shard: 3 MB, of which a page of DynamoDB holds one.
    const changes = Array.from({ length: 50 }, (_, nth) =>
      change({ observedAt: at(nth), after: { introduction, nextMsgSeq: nth } }),
    );
    const app = await written(changes);
    const meter = createUnitMeter();
    const store = metered(table.store, meter);
    const found = await collect(changesBetween(store, app, { from: FROM, to: TO }));
    expect(found).toEqual(changes);
    // 50 entries of 60 kB in fours of kB, half a unit each; and half a unit for each shard that has none.
    expect(meter.readUnits).toBeGreaterThan((50 * 60_000) / 8192);
    expect(meter.readUnits).toBeLessThan((50 * 61_000) / 8192 + 15 * 0.5 + 3);
    expect(await collect(historyOf(table.store, app, GROUP, 'a'))).toEqual(changes);
    expect(await collect(historyOf(table.store, app, GROUP, 'a', { limit: 33 }))).toEqual(
      changes.slice(0, 33),
    );
    const after = changes[32]?.observedAt;
    expect(await collect(historyOf(table.store, app, GROUP, 'a', { after }))).toEqual(changes.slice(33));
  });

  it('cost half a read unit a shard and day where there are none', async () => {
    const meter = createUnitMeter();
    const wanted = { from: startOf('2026-11-20'), to: TO };
    expect(await collect(changesBetween(metered(table.store, meter), table.freshApp(), wanted))).toEqual([]);
    expect(meter).toEqual({ readUnits: 3 * 16 * 0.5, writeUnits: 0 });
  });

  it('are of one app', async () => {
    const app = await written([change()]);
    expect(await between(app + 1_000_000)).toEqual([]);
  });
});

describe('what changed since an instant', () => {
  const since = (app: number, since: string, now = at(3 * HOURS)) =>
    collect(changesSince(table.store, app, { since, now }));
  const opened = async (app: number, runId: string, startedAt: string) =>
    openRun(table.store, app, { runId, startedAt, limit: 100 });

  it('is told to the end of today, the clock of who asks being possibly behind', async () => {
    const changes = hourly(30);
    const app = await written(changes);
    await opened(app, RUN_ID, at(1));
    expect(await since(app, at(2 * HOURS))).toEqual(changes.slice(2, 23));
  });

  it('is not looked for before the first run, which may have been started for a time long past', async () => {
    const changes = hourly(5);
    const app = await written(changes);
    await opened(app, '2026-11-21T01:00:00.000Z', at(2 * HOURS));
    await opened(app, LATER_RUN_ID, at(3 * HOURS));
    const meter = createUnitMeter();
    const wanted = { since: '1970-01-01T00:00:00.000Z', now: at(3 * HOURS) };
    expect(await collect(changesSince(metered(table.store, meter), app, wanted))).toEqual(changes);
    // The ledger's first entry, and two days of 16 shards.
    expect(meter.readUnits).toBe(0.5 + 2 * 16 * 0.5);
  });

  it('is nothing before the first run, and nothing from the future', async () => {
    const app = await written(hourly(3));
    expect(await since(app, at(0))).toEqual([]);
    await opened(app, RUN_ID, at(0));
    expect(await since(app, '2026-12-24T00:00:00.000Z')).toEqual([]);
  });

  it('relies on a ledger that keeps every run', async () => {
    const app = table.freshApp();
    await opened(app, RUN_ID, at(0));
    const [run] = await collect(runsOf(table.store, app));
    expect(run).toBeDefined();
    expect(run).not.toHaveProperty('expiresAt');
  });
});
