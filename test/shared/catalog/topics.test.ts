import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { topicsWanting } from '../../../shared/catalog/attention.ts';
import { putChanges } from '../../../shared/catalog/changes.ts';
import { fromAttributes, toAttributes } from '../../../shared/catalog/details.ts';
import { topicKey } from '../../../shared/catalog/keys.ts';
import { putRoster } from '../../../shared/catalog/rosters.ts';
import { createSnapshots, putSnapshot, readSnapshot, topicsOf } from '../../../shared/catalog/topics.ts';
import { type JsonValue, parseJson, stringifyJson } from '../../../shared/chat/json.ts';
import { planCommunity } from '../../../shared/sync/plan.ts';
import { changeOf, type Snapshot } from '../../../shared/sync/snapshot.ts';
import { ids, topicDetails } from '../../arbitraries.ts';
import { at, GROUP, LATER_RUN_ID, observation, RUN_ID, snapshot, topicFields } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();
const stored = (app: number, group = GROUP) =>
  collect(topicsOf(table.store, app, group, { consistent: true }));

/** A snapshot as its item holds it: the roster has the activity, unless it is a tombstone. */
function asStored({ activity, ...kept }: Snapshot): Snapshot {
  const keeps = kept.status === 'deleted' || kept.lastChange.kind === 'restored';
  return keeps && activity ? { ...kept, activity } : kept;
}

describe('a snapshot', () => {
  const restored: Snapshot['lastChange'] = { runId: 'r', kind: 'restored', runKind: 'restored' };
  const updated: Snapshot['lastChange'] = {
    runId: 'r',
    kind: 'updated',
    runKind: 'created',
    before: { topicName: 'Old', customString: '' },
    after: { topicName: 'Announcements' },
  };
  it.each<[string, Snapshot]>([
    ['new', snapshot()],
    ['without any profile', snapshot({ profile: {} })],
    ['updated', snapshot({ lastChange: updated })],
    ['updated by nothing but a field that went', snapshot({ lastChange: { ...updated, after: {} } })],
    ['restored', snapshot({ lastChange: restored })],
    ['missing', snapshot({ status: 'missing', missingSince: at(1), observedAt: at(1) })],
    [
      'missing for a reason',
      snapshot({ status: 'missing', missingSince: at(1), missingReason: 'get_topic says 10007 of it' }),
    ],
    [
      'confirmed gone',
      snapshot({
        status: 'missing',
        missingSince: at(1),
        confirmedAt: at(2),
        confirmedCode: 110003,
        confirmedRunId: 'r',
      }),
    ],
    [
      'deleted',
      snapshot({
        status: 'deleted',
        missingSince: at(1),
        deletedAt: at(2),
        deletedCode: 110003,
        lastChange: {
          runId: 'r',
          kind: 'deleted',
          runKind: 'deleted',
          before: { ...snapshot().profile, ...snapshot().activity },
        },
      }),
    ],
  ])('that is %s is read as it was written', async (_what, written) => {
    const app = table.freshApp();
    expect(await putSnapshot(table.store, app, written)).toBe(true);
    expect(await stored(app)).toEqual([asStored(written)]);
  });

  it('has the activity that its community’s roster has, and of a tombstone its own', async () => {
    const app = table.freshApp();
    const gone = snapshot({ topicId: 'gone', status: 'deleted', deletedAt: at(2) });
    for (const topic of [snapshot(), gone]) await putSnapshot(table.store, app, topic);
    const row = { nextMsgSeq: 90, lastMsgTime: 1_763_000_000, newMessages: 4 };
    const rows = new Map([snapshot(), gone].map(({ topicId }) => [topicId, row]));
    await putRoster(table.store, app, { groupId: GROUP, observedAt: at(9), runId: RUN_ID, rows }, undefined);
    const read = await stored(app);
    expect(read.map(({ topicId, activity }) => [topicId, activity])).toEqual([
      [snapshot().topicId, { nextMsgSeq: 90, lastMsgTime: 1_763_000_000 }],
      ['gone', gone.activity],
    ]);
    expect(await readSnapshot(table.store, app, GROUP, snapshot().topicId)).toEqual(read[0]);
  });

  it('keeps every field as the API gave it: absent stays absent, empty stays empty, unknown ones stay verbatim', async () => {
    await fc.assert(
      fc.asyncProperty(topicDetails, topicDetails, ids, async (first, second, topicId) => {
        const app = table.freshApp();
        const one = planCommunity([], observation({ topics: [{ topicId, ...first }] }));
        const two = planCommunity(
          one.snapshots,
          observation({ topics: [{ topicId, ...second }], observedAt: at(60) }),
        );
        for (const written of [...one.snapshots, ...two.snapshots]) {
          expect(await putSnapshot(table.store, app, written)).toBe(true);
          const [read] = await stored(app);
          expect(read).toEqual(asStored(written));
          expect(Object.keys(read?.profile ?? {}).sort()).toEqual(Object.keys(written.profile).sort());
        }
      }),
      { numRuns: 40 },
    );
  });

  it('carries its history entry through the table', async () => {
    await fc.assert(
      fc.asyncProperty(topicDetails, topicDetails, async (first, second) => {
        const app = table.freshApp();
        const one = planCommunity([], observation({ topics: [{ topicId: 'a', ...first }] }));
        const two = planCommunity(
          one.snapshots,
          observation({ topics: [{ topicId: 'a', ...second }], observedAt: at(60) }),
        );
        const [latest] = two.snapshots.length > 0 ? two.snapshots : one.snapshots;
        await putSnapshot(table.store, app, latest as Snapshot);
        const [read] = await stored(app);
        expect(changeOf(read as Snapshot)).toEqual(changeOf(latest as Snapshot));
      }),
      { numRuns: 25 },
    );
  });

  it('keeps unknown fields to the last digit', async () => {
    const app = table.freshApp();
    const text =
      '{"seq":18446744073709551615,"huge":1e400,"deep":[{"a":null,"":""}],"long":0.1234567890123456789}';
    await putSnapshot(
      table.store,
      app,
      snapshot({ profile: { extra: parseJson(text) as { [key: string]: JsonValue } } }),
    );
    const [read] = await stored(app);
    expect(stringifyJson(read?.profile.extra)).toBe(text);
  });

  it('can be read in the console field by field', async () => {
    const app = table.freshApp();
    await putSnapshot(table.store, app, snapshot());
    const item = await table.item(topicKey(app, GROUP, topicFields().topicId));
    const { nextMsgSeq: _next, lastMsgTime: _last, ...profile } = topicFields();
    expect(item).toMatchObject({ ...profile, status: 'active', itemType: 'topic' });
    expect(item).not.toHaveProperty('nextMsgSeq');
  });

  it.each([
    ['as old', at(10)],
    ['older', at(9)],
  ])('never gives way to one that is %s: it never moves backwards', async (_what, observedAt) => {
    const app = table.freshApp();
    await putSnapshot(table.store, app, snapshot({ observedAt: at(10) }));
    expect(
      await putSnapshot(
        table.store,
        app,
        snapshot({ observedAt, status: 'missing', missingSince: observedAt }),
      ),
    ).toBe(false);
    expect(await stored(app)).toMatchObject([{ observedAt: at(10), status: 'active' }]);
  });

  it('gives way to a newer one, whole', async () => {
    const app = table.freshApp();
    await putSnapshot(
      table.store,
      app,
      snapshot({ status: 'missing', missingSince: at(1), observedAt: at(1) }),
    );
    expect(await putSnapshot(table.store, app, snapshot({ observedAt: at(2) }))).toBe(true);
    expect(await stored(app)).toEqual([asStored(snapshot({ observedAt: at(2) }))]);
  });

  it('that was made since nothing was seen stays, though its answer is older', async () => {
    const app = table.freshApp();
    await putSnapshot(table.store, app, snapshot({ observedAt: at(10) }));
    const late = snapshot({ observedAt: at(20) });
    expect(await createSnapshots(table.store, app, [late])).toEqual([late.topicId]);
    expect(await stored(app)).toMatchObject([{ observedAt: at(10) }]);
  });

  it('that was changed since it was seen stays, though its answer is older', async () => {
    const app = table.freshApp();
    const seen = snapshot({ observedAt: at(5) });
    await putSnapshot(table.store, app, seen);
    await putSnapshot(table.store, app, snapshot({ observedAt: at(10) }), seen);
    expect(await putSnapshot(table.store, app, snapshot({ observedAt: at(20) }), seen)).toBe(false);
    expect(await stored(app)).toMatchObject([{ observedAt: at(10) }]);
  });

  it('of whichever of two writers is newer stays, whoever writes last', async () => {
    const app = table.freshApp();
    const writes = [3, 1, 4, 2, 5].map((seconds) =>
      putSnapshot(table.store, app, snapshot({ observedAt: at(seconds) })),
    );
    await Promise.all(writes);
    expect(await stored(app)).toMatchObject([{ observedAt: at(5) }]);
  });
});

describe('the topics of a community', () => {
  it('are all of its snapshots, in the order of their ids, without their history', async () => {
    const app = table.freshApp();
    for (const topicId of ['c', 'a|b', 'b', 'a']) await putSnapshot(table.store, app, snapshot({ topicId }));
    await putChanges(table.store, app, [changeOf(snapshot({ topicId: 'a' }))]);
    expect((await stored(app)).map(({ topicId }) => topicId)).toEqual(['a', 'a|b', 'b', 'c']);
  });

  it('are its own, whatever its id', async () => {
    const app = table.freshApp();
    for (const groupId of ['g', 'g|topic', 'g%7Ctopic'])
      await putSnapshot(table.store, app, snapshot({ groupId, topicId: groupId }));
    for (const groupId of ['g', 'g|topic', 'g%7Ctopic']) expect(await stored(app, groupId)).toHaveLength(1);
  });
});

describe('topics that want a look', () => {
  it('are the missing and the deleted, oldest first, and no longer once they are back', async () => {
    const app = table.freshApp();
    const missing = (topicId: string, missingSince: string) =>
      putSnapshot(
        table.store,
        app,
        snapshot({ topicId, status: 'missing', missingSince, observedAt: missingSince }),
      );
    await missing('b', at(2));
    await missing('a', at(3));
    await missing('c', at(1));
    await putSnapshot(
      table.store,
      app,
      snapshot({ topicId: 'd', status: 'deleted', deletedAt: at(9), deletedCode: 10010 }),
    );
    await putSnapshot(table.store, app, snapshot({ topicId: 'b', observedAt: at(5) }));
    const wanting = async (...what: ['topic-missing' | 'topic-deleted', string?]) =>
      (await collect(topicsWanting(table.store, app, ...what))).map(({ topicId }) => topicId);
    expect(await wanting('topic-missing')).toEqual(['c', 'a']);
    expect(await wanting('topic-missing', at(2))).toEqual(['a']);
    expect(await wanting('topic-deleted')).toEqual(['d']);
  });

  it('are, of those missing, the candidates of one run when only they are asked for', async () => {
    const app = table.freshApp();
    const gone = {
      status: 'missing',
      missingSince: at(1),
      confirmedAt: at(2),
      confirmedCode: 110003,
    } as const;
    for (const [topicId, confirmedRunId] of [
      ['a', RUN_ID],
      ['b', LATER_RUN_ID],
    ] as const)
      await putSnapshot(table.store, app, snapshot({ ...gone, topicId, confirmedRunId }));
    await putSnapshot(
      table.store,
      app,
      snapshot({ topicId: 'c', status: 'missing', missingSince: at(1), observedAt: at(1) }),
    );
    const held = await collect(topicsWanting(table.store, app, 'topic-missing', '', RUN_ID));
    expect(held.map(({ topicId }) => topicId)).toEqual(['a']);
  });
});

describe('profile', () => {
  it('go through attributes and back', () => {
    fc.assert(
      fc.property(topicDetails, (profile) => {
        expect(fromAttributes(toAttributes(profile))).toEqual(profile);
      }),
    );
  });
});
