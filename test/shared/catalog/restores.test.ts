import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { putChanges } from '../../../shared/catalog/changes.ts';
import { catalogOf } from '../../../shared/catalog/index.ts';
import { restoreKey, restoresPrefix } from '../../../shared/catalog/keys.ts';
import { putRestore, readRestore, restoresOf } from '../../../shared/catalog/restores.ts';
import { putSnapshot } from '../../../shared/catalog/topics.ts';
import type { Restore } from '../../../shared/restore/intent.ts';
import { linkCommunity } from '../../../shared/restore/link.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import { ids } from '../../arbitraries.ts';
import { at, GROUP, observation, snapshot, topicFields } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { withLostAnswers } from '../../support/lostAnswers.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();

const restore = (more: Partial<Restore> = {}): Restore => ({
  ...{ groupId: GROUP, topicId: `${GROUP}@TOPIC#_one`, to: { sdkAppId: 1, groupId: GROUP } },
  ...{ state: 'begun', content: 'c', owner: 'me', until: at(30), sentAt: at(0), mark: 'first' },
  ...more,
});

describe('a restore', () => {
  it('is read as it was stored', async () => {
    const app = table.freshApp();
    const done = restore({
      state: 'done',
      newTopicId: 'n',
      doneAt: at(1),
      deletedAt: at(-1),
      topicName: 'News',
    });
    expect(await putRestore(table.store, app, done, undefined)).toBe(true);
    expect(await readRestore(table.store, app, done)).toEqual(done);
  });

  it('is stored only over what was seen', async () => {
    const app = table.freshApp();
    const [first, second] = [restore(), restore({ owner: 'other', mark: 'second' })];
    expect(await putRestore(table.store, app, first, undefined)).toBe(true);
    expect(await putRestore(table.store, app, second, undefined)).toBe(false);
    expect(await putRestore(table.store, app, second, first)).toBe(true);
    expect(await putRestore(table.store, app, restore({ mark: 'third' }), first)).toBe(false);
    expect(await readRestore(table.store, app, first)).toEqual(second);
  });

  it('whose first answer was lost is stored all the same', async () => {
    const app = table.freshApp();
    const store = withLostAnswers(table.store);
    expect(await putRestore(store, app, restore(), undefined)).toBe(true);
    expect(await putRestore(store, app, restore({ mark: 'second' }), restore())).toBe(true);
  });

  it('has a key of its own, which begins with its community’s prefix and no other’s', () => {
    const restores = fc.record({ group: ids, topic: ids, app: fc.nat(3), to: ids });
    const key = ({ group, topic, app, to }: { group: string; topic: string; app: number; to: string }) =>
      restoreKey(1, group, topic, { sdkAppId: app, groupId: to });
    fc.assert(
      fc.property(restores, restores, (a, b) => {
        expect(key(a).sk === key(b).sk).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(key(a).sk.startsWith(restoresPrefix(b.group))).toBe(a.group === b.group);
      }),
    );
  });

  it('is listed with those of its community, and with no other’s', async () => {
    const app = table.freshApp();
    const all = [
      restore(),
      restore({ groupId: `${GROUP}|`, topicId: 'x' }),
      restore({ groupId: `${GROUP}x` }),
    ];
    for (const one of all) await putRestore(table.store, app, one, undefined);
    expect(await collect(restoresOf(table.store, app, { groupId: GROUP }))).toEqual([all[0]]);
    expect(await collect(restoresOf(table.store, app))).toHaveLength(3);
  });
});

describe('telling a tombstone of the new id', () => {
  const OLD = topicFields().topicId;
  const NEW = `${GROUP}@TOPIC#_@TOPIC#new`;
  const deletion = {
    runId: 'r',
    kind: 'deleted',
    runKind: 'deleted',
    before: { ...snapshot().profile, ...snapshot().activity },
  } as const;
  const tombstone = snapshot({
    ...{ status: 'deleted', deletedAt: at(-60), lastChangedAt: at(-60), observedAt: at(-60) },
    lastChange: deletion,
  });
  const done = restore({ topicId: OLD, state: 'done', newTopicId: NEW, deletedAt: at(-60) });
  const clock = (seconds: number) => () => Date.parse(at(seconds));

  async function linked(now = clock(100)) {
    const app = table.freshApp();
    const catalog = catalogOf(table.store, app);
    await putSnapshot(table.store, app, tombstone);
    await putChanges(table.store, app, []);
    await catalog.putRestore(done, undefined);
    const parts = {
      ...catalog,
      owner: 'me',
      put: catalog.putRestore,
      mark: () => 'linked',
      sleep: async () => {},
    };
    return { app, catalog, link: () => linkCommunity({ ...parts, now }, GROUP, [done]) };
  }

  it('marks snapshot and history, takes the digest away and gives the lease back; a second time changes nothing', async () => {
    const { catalog, link } = await linked();
    await catalog.beginWriting(GROUP, { writer: 'w', until: at(0), now: at(0) });
    expect(await link()).toBe(true);
    const stored = await collect(catalog.topicsOf(GROUP, { consistent: true }));
    expect(stored).toEqual([{ ...tombstone, restoredAs: NEW }]);
    const stamp = await catalog.readCommunity(GROUP, { consistent: true });
    expect([stamp?.digest, stamp?.writer]).toEqual([undefined, undefined]);
    expect(await catalog.readRestore(done)).toMatchObject({ linkedAt: at(100) });
    expect(await link()).toBe(true);
    expect(await collect(catalog.topicsOf(GROUP, { consistent: true }))).toEqual(stored);
  });

  it('waits for a writer, and gives up when it stays', async () => {
    let seconds = 100;
    const passing = () => {
      seconds += 5;
      return Date.parse(at(seconds));
    };
    const { catalog, link } = await linked(passing);
    await catalog.beginWriting(GROUP, { writer: 'a night', until: at(1e6), now: at(0) });
    expect(await link()).toBe(false);
    expect(await collect(catalog.topicsOf(GROUP, { consistent: true }))).toEqual([tombstone]);
  });

  it('of a night that was faster is made up for by the next: the new topic names the old, without a change', () => {
    const topic = topicFields({ topicId: NEW });
    const early = planCommunity([tombstone], observation({ topics: [topic] }));
    expect(early.snapshots).toMatchObject([{ topicId: NEW, status: 'active' }]);
    const stored = [{ ...tombstone, restoredAs: NEW }, ...early.snapshots];
    const next = planCommunity(stored, observation({ topics: [topic], observedAt: at(90), runId: 'next' }));
    expect(next.snapshots).toEqual([{ ...early.snapshots[0], restoredFrom: OLD, observedAt: at(90) }]);
    expect(next.changes).toEqual([]);
    const after = [{ ...tombstone, restoredAs: NEW }, ...next.snapshots];
    const edited = { ...topic, topicName: 'Edited' };
    const later = planCommunity(after, observation({ topics: [edited], observedAt: at(95), runId: 'later' }));
    expect(later.snapshots).toMatchObject([{ restoredFrom: OLD, profile: { topicName: 'Edited' } }]);
    const same = planCommunity(after, observation({ topics: [topic], observedAt: at(95), runId: 'later' }));
    expect(same.snapshots).toEqual([]);
  });
});
