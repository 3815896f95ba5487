import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { topicsWanting } from '../../../shared/catalog/attention.ts';
import { filingOf, isFiled, lastActiveAtOf } from '../../../shared/catalog/filing.ts';
import { topicKey } from '../../../shared/catalog/keys.ts';
import { isoOf, monthOf, monthsBetween } from '../../../shared/catalog/months.ts';
import { putSnapshot, refiledTopicsOf } from '../../../shared/catalog/topics.ts';
import { putItem } from '../../../shared/catalog/writeItems.ts';
import type { Snapshot, TopicDetails } from '../../../shared/sync/snapshot.ts';
import { ids, topicDetails } from '../../arbitraries.ts';
import { APP, at, GROUP, snapshot } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();
const filed = (details: TopicDetails, fields: Partial<Snapshot> = {}) =>
  filingOf(APP, snapshot({ topicId: 'a', details, ...fields }));
const TOMBSTONE = { status: 'deleted', deletedAt: at(2), deletedCode: 10010 } as const;

describe('a topic stands in the indexes', () => {
  it('by the months of its creation and of its last message, in the shard of its id', () => {
    const details = { createTime: 1_690_000_000, lastMsgTime: 1_763_000_000, muteAllMember: true };
    expect(filed(details)).toEqual({
      createdIn: `${APP}|2023-07|c`,
      createdAt: '2023-07-22T04:26:40.000Z',
      lastActiveIn: `${APP}|2025-11|c`,
      lastActiveAt: '2025-11-13T02:13:20.000Z',
      mutedIn: `${APP}|muted|c`,
    });
  });

  it.each<[string, TopicDetails, string]>([
    ['since its last message', { createTime: 10, lastMsgTime: 20 }, isoOf(20)],
    ['since it was created, without a message', { createTime: 10, lastMsgTime: 0 }, isoOf(10)],
    ['since it was created, when the API says of no message', { createTime: 10 }, isoOf(10)],
    ['since it was first seen, when the API says neither', {}, at(-86_400)],
    ['since it was first seen, when the API says 0 of both', { createTime: 0, lastMsgTime: 0 }, at(-86_400)],
  ])('as silent %s', (_what, details, since) => {
    expect(lastActiveAtOf(snapshot({ details }))).toBe(since);
  });

  it('when it is missing as when it is active, and as a tombstone only in that of tombstones', () => {
    const details = { createTime: 1_690_000_000, muteAllMember: true };
    const active = filed(details);
    const missing = filed(details, { status: 'missing', missingSince: at(1) });
    expect(missing).toEqual({ ...active, attention: `${APP}|topic-missing|c`, attentionSince: at(1) });
    expect(filed(details, TOMBSTONE)).toEqual({ attention: `${APP}|topic-deleted|c`, attentionSince: at(2) });
  });

  it('of creations only when the API says when it was created, and of the muted only when it is', () => {
    for (const createTime of [0, undefined])
      expect(filed({ ...(createTime === 0 && { createTime }), muteAllMember: false })).toEqual({
        lastActiveIn: `${APP}|2026-11|c`,
        lastActiveAt: at(-86_400),
      });
  });

  it('whatever the API says, under keys that the store takes and that sort as times', async () => {
    const app = table.freshApp();
    await fc.assert(
      fc.asyncProperty(topicDetails, ids, fc.maxSafeNat(), async (fields, topicId, createTime) => {
        const details = { ...fields, createTime };
        const written = snapshot({ topicId, details });
        await putItem(table.store, { ...topicKey(app, GROUP, topicId), ...filingOf(app, written) });
        const { createdAt = at(0), lastActiveAt } = filingOf(app, written);
        for (const time of [createdAt, lastActiveAt]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
      }),
      { numRuns: 50 },
    );
  });

  it('as it was written, so that what is stored is never put again for nothing', async () => {
    const status = fc.constantFrom<Partial<Snapshot>>(
      {},
      { status: 'missing', missingSince: at(1) },
      TOMBSTONE,
    );
    await fc.assert(
      fc.asyncProperty(topicDetails, status, async (details, fields) => {
        const app = table.freshApp();
        const written = snapshot({ details, ...fields });
        await putSnapshot(table.store, app, written);
        const item = (await table.item(topicKey(app, GROUP, written.topicId))) ?? {};
        expect(isFiled(item, filingOf(app, written))).toBe(true);
        const moved = snapshot({ details: { ...details, muteAllMember: !details.muteAllMember }, ...fields });
        expect(isFiled(item, filingOf(app, moved))).toBe(fields.status === 'deleted');
      }),
      { numRuns: 40 },
    );
  });
});

describe('a month', () => {
  it('holds the times of the calendar, and those before the first topics', () => {
    expect(monthOf('2026-11-30T23:59:59.999Z')).toBe('2026-11');
    expect(monthOf('1999-01-01T00:00:00.000Z')).toBe('2022-01');
    expect(monthOf(isoOf(Number.MAX_SAFE_INTEGER))).toBe('9999-12');
  });

  it('comes after the one before it, from a first time to a last one', () => {
    expect([...monthsBetween('2026-11-30T23:59:59.999Z', '2027-02-01T00:00:00.000Z')]).toEqual([
      '2026-11',
      '2026-12',
      '2027-01',
      '2027-02',
    ]);
    expect([...monthsBetween(isoOf(0), '2022-02-01T00:00:00.000Z')]).toEqual(['2022-01', '2022-02']);
    expect([...monthsBetween(isoOf(0), isoOf(1))]).toEqual(['2022-01']);
    expect([...monthsBetween(at(1), at(0))]).toEqual([]);
  });
});

describe('topics of an earlier release', () => {
  /** As they were stored before there were such indexes. */
  async function putOld(app: number, topics: readonly Snapshot[]): Promise<void> {
    for (const topic of topics) {
      await putSnapshot(table.store, app, topic);
      const key = topicKey(app, GROUP, topic.topicId);
      const { createdIn, createdAt, lastActiveIn, lastActiveAt, mutedIn, ...old } =
        (await table.item(key)) ?? {};
      const attention = topic.status === 'active' ? {} : { attention: `${app}|topic-${topic.status}` };
      await putItem(table.store, { ...old, ...key, ...attention });
    }
  }

  const OLD = [
    snapshot({ topicId: 'a' }),
    snapshot({ topicId: 'b', status: 'missing', missingSince: at(1) }),
    snapshot({ topicId: 'c', ...TOMBSTONE }),
  ];

  it('are found among the missing and the deleted where these stood before there were shards', async () => {
    const app = table.freshApp();
    await putOld(app, OLD);
    await putSnapshot(table.store, app, snapshot({ topicId: 'd', ...TOMBSTONE, deletedAt: at(1) }));
    const wanting = async (what: 'topic-missing' | 'topic-deleted') =>
      (await collect(topicsWanting(table.store, app, what))).map(({ topicId }) => topicId);
    expect(await wanting('topic-missing')).toEqual(['b']);
    expect(await wanting('topic-deleted')).toEqual(['d', 'c']);
  });

  it('are put where they are looked for by their next writer, unchanged, and no others are', async () => {
    const app = table.freshApp();
    await putOld(app, OLD);
    await putSnapshot(table.store, app, snapshot({ topicId: 'd' }));
    let writes = 0;
    const keep = async () => void writes++;
    expect(await refiledTopicsOf(table.store, app, GROUP, keep)).toEqual([
      ...OLD,
      snapshot({ topicId: 'd' }),
    ]);
    expect(writes).toBe(3);
    for (const topic of OLD)
      expect(await table.item(topicKey(app, GROUP, topic.topicId))).toMatchObject(filingOf(app, topic));
    expect(await refiledTopicsOf(table.store, app, GROUP, keep)).toHaveLength(4);
    expect(writes).toBe(3);
  });

  it('stay as another writer has put them meanwhile', async () => {
    const app = table.freshApp();
    await putOld(app, OLD);
    const newer = snapshot({ topicId: 'a', observedAt: at(5), details: { topicName: 'Newer' } });
    await refiledTopicsOf(table.store, app, GROUP, () => putSnapshot(table.store, app, newer));
    expect(await table.item(topicKey(app, GROUP, 'a'))).toMatchObject({
      topicName: 'Newer',
      observedAt: at(5),
    });
  });

  it('are not written once the lease is lost', async () => {
    const app = table.freshApp();
    await putOld(app, OLD);
    const lost = async () => {
      throw new Error('the lease is lost');
    };
    await expect(refiledTopicsOf(table.store, app, GROUP, lost)).rejects.toThrow('the lease is lost');
    expect(await table.item(topicKey(app, GROUP, 'a'))).not.toHaveProperty('createdIn');
  });
});
