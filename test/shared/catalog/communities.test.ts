import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import {
  allCommunities,
  type Community,
  type CommunityRun,
  communitiesIn,
  readCommunity,
} from '../../../shared/catalog/communities.ts';
import { communityKey, SHARDS, shardOf } from '../../../shared/catalog/keys.ts';
import {
  stampFailed,
  stampTombstones,
  stampUnchanged,
  stampWritten,
} from '../../../shared/catalog/stamps.ts';
import { metered } from '../../../shared/catalog/store.ts';
import { putSnapshot, topicsOf } from '../../../shared/catalog/topics.ts';
import { noteTrouble } from '../../../shared/catalog/trouble.ts';
import { createUnitMeter } from '../../../shared/catalog/units.ts';
import { putItem } from '../../../shared/catalog/writeItems.ts';
import { beginWriting, endWriting, extendWriting } from '../../../shared/catalog/writerLease.ts';
import { at, communityRun, GROUP, LATER_RUN_ID, RUN_ID, snapshot } from '../../builders.ts';
import { collect } from '../../support/collect.ts';
import { itemSize } from '../../support/itemSize.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';

const table = useMemoryTable();

/** One community, as a consumer works on it. */
function consumer(app = table.freshApp(), groupId = GROUP) {
  const { store } = table;
  const lease = (writer: string, seconds: number) => ({ writer, until: at(seconds) });
  return {
    app,
    stamp: () => readCommunity(store, app, groupId, { consistent: true }) as Promise<Community>,
    item: () => table.item(communityKey(app, groupId)),
    /** Takes the lease at `now`, until 15 seconds later, with an answer of `asked`. */
    begin: (writer: string, now: number, asked = now) =>
      beginWriting(store, app, groupId, { ...lease(writer, now + 15), now: at(now), askedAt: at(asked) }),
    extend: (writer: string, until: number) => extendWriting(store, app, groupId, lease(writer, until)),
    end: (writer: string) => endWriting(store, app, groupId, lease(writer, 0)),
    written: (
      writer: string,
      asked: number,
      fields: { digest?: string; lastErrorCode?: number } = { digest: 'd' },
      run: Partial<CommunityRun> = {},
    ) =>
      stampWritten(
        store,
        app,
        groupId,
        lease(writer, 0),
        { topicCount: 2, missingCount: 1, ...fields },
        communityRun({ askedAt: at(asked), ...run }),
      ),
    unchanged: (stamp: Community, asked: number, run: Partial<CommunityRun> = {}) =>
      stampUnchanged(store, app, stamp, communityRun({ outcome: 'unchanged', askedAt: at(asked), ...run })),
    failed: async (
      asked: number,
      failure: { code?: number; message: string } = { code: 10007, message: 'no' },
      state: Parameters<typeof stampFailed>[5] = { status: 'active' },
    ) =>
      stampFailed(
        store,
        app,
        groupId,
        failure,
        communityRun({ outcome: 'failed', askedAt: at(asked) }),
        state,
        (await readCommunity(store, app, groupId, { consistent: true }))?.run?.askedAt,
      ),
  };
}

async function synced(asked = 10, groupId = GROUP) {
  const at = consumer(table.freshApp(), groupId);
  await at.begin('w', asked);
  await at.written('w', asked);
  return at;
}

describe('a community that is synced', () => {
  it('is stamped with what its snapshots amount to, and the lease is given back', async () => {
    const here = await synced(10);
    expect(await here.stamp()).toEqual({
      groupId: GROUP,
      status: 'active',
      topicCount: 2,
      missingCount: 1,
      digest: 'd',
      lastSyncedAt: at(10),
      run: communityRun(),
    });
  });

  it('is not stamped by a writer that has lost its lease', async () => {
    const here = consumer();
    await here.begin('slow', 10);
    await here.begin('next', 26);
    expect(await here.written('slow', 10, { digest: 'old' })).toBe(false);
    expect(await here.written('next', 26, { digest: 'new' })).toBe(true);
    expect(await here.stamp()).toMatchObject({ digest: 'new', lastSyncedAt: at(26) });
  });

  it('is stamped once: the lease is gone with the first time', async () => {
    const here = await synced(10);
    expect(await here.written('w', 11)).toBe(false);
  });

  it('clears the failure and the attention that it had', async () => {
    const here = consumer();
    await here.failed(5);
    expect(await here.item()).toMatchObject({
      attention: `${here.app}|community-failing`,
      attentionSince: at(5),
    });
    await here.begin('w', 10);
    await here.written('w', 10);
    const item = await here.item();
    for (const left of [
      'lastErrorCode',
      'lastError',
      'failingSince',
      'attention',
      'attentionSince',
      'writer',
      'writingUntil',
    ]) {
      expect(item).not.toHaveProperty(left);
    }
  });

  it('without a digest is compared again next time', async () => {
    const here = consumer();
    await here.begin('w', 10);
    await here.written('w', 10, {});
    expect(await here.stamp()).not.toHaveProperty('digest');
  });

  it('keeps the code of an answer that it does not exist', async () => {
    const here = consumer();
    await here.begin('w', 10);
    await here.written('w', 10, { digest: 'gone', lastErrorCode: 10010 }, { outcome: 'gone' });
    expect(await here.stamp()).toMatchObject({ lastErrorCode: 10010, lastSyncedAt: at(10) });
  });
});

describe('a community that is unchanged', () => {
  it('is stamped with the new run, and keeps what it had', async () => {
    const here = await synced(10);
    expect(await here.unchanged(await here.stamp(), 20, { id: LATER_RUN_ID })).toBe(true);
    expect(await here.stamp()).toMatchObject({
      digest: 'd',
      topicCount: 2,
      missingCount: 1,
      lastSyncedAt: at(20),
      run: { id: LATER_RUN_ID, outcome: 'unchanged' },
    });
  });

  it('clears the failure and the attention that it had', async () => {
    const here = await synced(10);
    await here.failed(20);
    expect(await here.unchanged(await here.stamp(), 30)).toBe(true);
    const item = await here.item();
    for (const left of ['lastErrorCode', 'lastError', 'failingSince', 'attention', 'attentionSince']) {
      expect(item).not.toHaveProperty(left);
    }
  });

  it('is not stamped when its digest is another by now', async () => {
    const here = await synced(10);
    const read = await here.stamp();
    await here.begin('w', 20);
    await here.written('w', 20, { digest: 'other' });
    expect(await here.unchanged(read, 30)).toBe(false);
    expect(await here.stamp()).toMatchObject({ digest: 'other', lastSyncedAt: at(20) });
  });

  it.each([
    ['as new', 10],
    ['older', 9],
  ])('is not stamped when its answer is %s than the one that is in', async (_what, asked) => {
    const here = await synced(10);
    expect(await here.unchanged(await here.stamp(), asked, { id: LATER_RUN_ID })).toBe(false);
    expect(await here.stamp()).toMatchObject({ lastSyncedAt: at(10) });
  });

  it('is not stamped when another delivery has counted since', async () => {
    const here = await synced(10);
    const read = await here.stamp();
    await here.failed(20);
    expect(await here.unchanged(read, 30)).toBe(false);
    expect(await here.stamp()).toMatchObject({ run: { outcome: 'failed' } });
  });

  it('is not stamped while a writer is at work', async () => {
    const here = await synced(10);
    const read = await here.stamp();
    await here.begin('w', 20);
    expect(await here.unchanged(read, 21)).toBe(false);
  });

  it('costs one write unit', async () => {
    const units = createUnitMeter();
    const store = metered(table.store, units);
    // The longest id that Tencent documents, every character of which a key has to escape.
    const here = await synced(10, `@TGS#_${'%'.repeat(42)}`);
    const stamp = await here.stamp();
    expect(
      await stampUnchanged(store, here.app, stamp, communityRun({ outcome: 'unchanged', askedAt: at(20) })),
    ).toBe(true);
    expect(units).toEqual({ writeUnits: 1, readUnits: 0 });
    expect(itemSize((await here.item()) ?? {})).toBeLessThanOrEqual(1024);
  });
});

describe('the right to write a community’s snapshots', () => {
  it('is given to the first, with the stamp as it was, and takes the digest away', async () => {
    const here = await synced(10);
    const before = await here.stamp();
    expect(await here.begin('w', 20)).toEqual({ ...before, isNew: false });
    const during = await here.stamp();
    expect(during).toMatchObject({ writer: 'w', writingUntil: at(35), lastSyncedAt: at(10), topicCount: 2 });
    expect(during).not.toHaveProperty('digest');
  });

  it('is given for a community that nothing is known of', async () => {
    const here = consumer();
    expect(await here.begin('w', 10)).toEqual({
      isNew: true,
      groupId: GROUP,
      status: 'active',
      topicCount: 0,
      missingCount: 0,
    });
    expect(await here.stamp()).toMatchObject({ groupId: GROUP, topicCount: 0 });
  });

  it('is given to one of many that ask at once', async () => {
    const here = await synced(10);
    const given = await Promise.all(['a', 'b', 'c', 'd'].map((writer) => here.begin(writer, 20)));
    expect(given.filter((stamp) => stamp !== undefined)).toHaveLength(1);
  });

  it('is refused while another writer’s lease runs, to its last moment', async () => {
    const here = await synced(10);
    await here.begin('w', 20);
    expect(await here.begin('v', 21)).toBeUndefined();
    expect(await here.begin('v', 35)).toBeUndefined();
    expect(await here.begin('v', 35.001)).toMatchObject({ writer: 'w' });
    expect(await here.stamp()).toMatchObject({ writer: 'v' });
  });

  it.each([
    ['as new', 10],
    ['older', 9],
  ])('is refused for an answer that is %s than the one that is in', async (_what, asked) => {
    const here = await synced(10);
    expect(await here.begin('w', 20, asked)).toBeUndefined();
    expect(await here.stamp()).toMatchObject({ digest: 'd' });
  });

  it('is given again to the writer that has it: a request whose answer was lost is repeated', async () => {
    const here = consumer();
    await here.begin('w', 10);
    expect(await here.begin('w', 11)).toMatchObject({ writer: 'w' });
  });

  it('is extended by the writer that has it, and by no other', async () => {
    const here = consumer();
    await here.begin('w', 10);
    expect(await here.extend('other', 60)).toBe(false);
    expect(await here.extend('w', 40)).toBe(true);
    expect(await here.begin('other', 30)).toBeUndefined();
    expect(await here.begin('other', 41)).toBeDefined();
    expect(await here.extend('w', 60)).toBe(false);
  });

  it('can be given back without an outcome, by whoever has it', async () => {
    const here = await synced(10);
    await here.begin('w', 20);
    expect(await here.end('v')).toBe(false);
    expect(await here.end('w')).toBe(true);
    expect(await here.begin('v', 20.5)).not.toHaveProperty('digest');
  });
});

describe('carrying out deletions', () => {
  const carried = { topicCount: 1, missingCount: 0, deletions: { runId: RUN_ID, confirmed: 0, deleted: 1 } };
  const lease = { writer: 't', until: at(40) };

  it('needs the lease but no newer answer, and keeps digest and age of the one that is in', async () => {
    const here = await synced(10);
    const { store } = table;
    expect(await beginWriting(store, here.app, GROUP, { ...lease, now: at(5) })).toMatchObject({
      digest: 'd',
    });
    expect(await here.begin('w', 20)).toBeUndefined();
    expect(await stampTombstones(store, here.app, GROUP, { ...lease, writer: 'other' }, carried)).toBe(false);
    expect(await stampTombstones(store, here.app, GROUP, lease, carried)).toBe(true);
    expect(await here.stamp()).toEqual({
      groupId: GROUP,
      status: 'active',
      ...carried,
      digest: 'd',
      lastSyncedAt: at(10),
      run: communityRun(),
    });
  });

  it('deletes the community itself until it answers again', async () => {
    const here = await synced(10);
    const { store } = table;
    await beginWriting(store, here.app, GROUP, { ...lease, now: at(20) });
    await stampTombstones(store, here.app, GROUP, lease, { ...carried, deletedAt: at(10) });
    expect(await here.stamp()).toMatchObject({ status: 'deleted', deletedAt: at(10) });
    await here.begin('w', 30);
    await here.written('w', 30);
    const stamp = await here.stamp();
    expect(stamp.status).toBe('active');
    expect(stamp).not.toHaveProperty('deletedAt');
  });
});

describe('the right to write a community', () => {
  it('says whether anything was stamped of it before: by a writer that has given up, too', async () => {
    const here = consumer();
    expect(await here.begin('first', 1)).toMatchObject({ isNew: true });
    await here.end('first');
    expect(await here.begin('second', 2)).toMatchObject({ isNew: false });
  });
});

describe('a community that could not be synced', () => {
  it('keeps its snapshots, digest and counts, and is named with its error', async () => {
    const here = await synced(10);
    await putSnapshot(table.store, here.app, snapshot());
    expect(await here.failed(20, { code: 10007, message: 'not allowed' })).toBe(true);
    expect(await here.stamp()).toMatchObject({
      digest: 'd',
      topicCount: 2,
      missingCount: 1,
      lastSyncedAt: at(10),
      lastErrorCode: 10007,
      lastError: 'not allowed',
      failingSince: at(20),
      run: { outcome: 'failed' },
    });
    const { activity: _activity, ...stored } = snapshot();
    expect(await collect(topicsOf(table.store, here.app, GROUP))).toEqual([stored]);
  });

  it('shows how many snapshots were written all the same', async () => {
    const here = await synced(10);
    await here.failed(
      20,
      { message: 'one topic failed' },
      { status: 'active', topicCount: 7, missingCount: 3 },
    );
    expect(await here.stamp()).toMatchObject({ topicCount: 7, missingCount: 3, lastSyncedAt: at(10) });
  });

  it('is failing since the first of several failures, and shows the last', async () => {
    const here = await synced(10);
    await here.failed(20, { code: 10007, message: 'not allowed' });
    await here.failed(30, { message: 'timed out' });
    const item = await here.item();
    expect(item).toMatchObject({ failingSince: at(20), attentionSince: at(20), lastError: 'timed out' });
    expect(item).not.toHaveProperty('lastErrorCode');
  });

  it('is failing anew after a success', async () => {
    const here = await synced(10);
    await here.failed(20);
    await here.begin('w', 30);
    await here.written('w', 30);
    await here.failed(40);
    expect(await here.item()).toMatchObject({ failingSince: at(40), attentionSince: at(40) });
  });

  it.each([
    ['a newer', 9],
    ['as new a', 10],
  ])('is not stamped after %s success', async (_what, asked) => {
    const here = await synced(10);
    expect(await here.failed(asked)).toBe(false);
    expect(await here.stamp()).not.toHaveProperty('lastError');
  });

  it('is stamped although nothing was known of it', async () => {
    const here = consumer();
    expect(await here.failed(10)).toBe(true);
    expect(await here.stamp()).toMatchObject({ groupId: GROUP, topicCount: 0, lastErrorCode: 10007 });
  });

  it('wants another kind of attention when topics are not available in it', async () => {
    const here = consumer();
    await here.failed(10, { code: 11000, message: 'no topics' }, { status: 'unsupported' });
    expect(await here.item()).toMatchObject({
      status: 'unsupported',
      attention: `${here.app}|community-unsupported`,
    });
  });
});

describe('the stamp', () => {
  it.each([
    ['ASCII', 'x'],
    ['Chinese', '群'],
    ['an emoji', '👥'],
  ])(
    'is at most 1 KB, with the longest id, %s for an error and a writer at work',
    async (_what, character) => {
      const groupId = `@TGS#_${'x'.repeat(41)}`;
      const here = await synced(10, groupId);
      const huge = communityRun({
        outcome: 'unsupported',
        askedAt: at(20),
        created: 99_999,
        updated: 99_999,
        restored: 99_999,
        baseline: 99_999,
        messageTopics: 99_999,
        newMessages: 9_999_999,
        calls: 99_999,
        retries: 99_999,
        rateLimited: 99_999,
        writeUnits: 123_456.5,
        readUnits: 123_456.5,
      });
      const { store } = table;
      await stampFailed(
        store,
        here.app,
        groupId,
        { code: 4_294_967_295, message: character.repeat(500) },
        huge,
        { status: 'unsupported' },
        at(10),
      );
      const digest = 'x'.repeat(33);
      // One that is deleted has no digest, which is longer than the time of its deletion.
      const item = {
        ...(await here.item()),
        digest,
        writer: 'c0ffee00-0000-4000-8000-000000000000',
        writingUntil: at(35),
        topicCount: 100_000,
        missingCount: 100_000,
        deletions: { runId: RUN_ID, confirmed: 99_999, deleted: 99_999, goneAt: at(20) },
      };
      expect(itemSize(item)).toBeLessThanOrEqual(1024);
      const { lastError = '' } = await here.stamp();
      // No character is cut through.
      expect(lastError).not.toContain('\ufffd');
      expect(lastError.startsWith(character.repeat(30))).toBe(true);
    },
  );
});

describe('the communities of an app', () => {
  it('are read shard by shard, in the order of their ids', async () => {
    const app = table.freshApp();
    const groupIds = Array.from({ length: 40 }, (_, nth) => `g${String(nth).padStart(2, '0')}`);
    for (const groupId of groupIds) await consumer(app, groupId).failed(10);
    for (let shard = 0; shard < SHARDS; shard++) {
      const read = (await collect(communitiesIn(table.store, app, shard))).map(({ groupId }) => groupId);
      expect(read).toEqual(groupIds.filter((groupId) => shardOf(groupId) === shard));
    }
    const all = (await collect(allCommunities(table.store, app))).map(({ groupId }) => groupId);
    expect(all.sort()).toEqual(groupIds);
  });

  it('are read a thousand at a time at the most, however many a shard has', async () => {
    const app = table.freshApp();
    const groupIds = Array.from({ length: 20_000 }, (_, nth) => `g${nth}`).filter((id) => shardOf(id) === 3);
    const stamps = groupIds.map((groupId) => ({
      ...communityKey(app, groupId),
      itemType: 'community',
      groupId,
    }));
    await Promise.all(stamps.map((stamp) => putItem(table.store, stamp)));
    const pages: (number | undefined)[] = [];
    const send = async (command: QueryCommand) => {
      const page = await table.store.client.send(command);
      pages.push(page.Items?.length);
      return page;
    };
    const store = { ...table.store, client: { send } as unknown as DynamoDBClient };
    const read = await collect(communitiesIn(store, app, 3, { consistent: true }));
    expect(read.map(({ groupId }) => groupId).sort()).toEqual(groupIds.sort());
    expect(pages).toEqual([1000, groupIds.length - 1000]);
  });

  it('are its own', async () => {
    const here = await synced(10);
    expect(
      await readCommunity(table.store, here.app + 1_000_000, GROUP, { consistent: true }),
    ).toBeUndefined();
    expect(RUN_ID).toBe(communityRun().id);
  });
});

describe('why a message came back', () => {
  const trouble = { runId: LATER_RUN_ID, at: at(90_000), message: 'the table is out of reach' };
  const noted = { lastError: trouble.message, lastErrorRunId: LATER_RUN_ID, failingSince: trouble.at };
  const note = (here: ReturnType<typeof consumer>, more = {}, options = {}) =>
    noteTrouble(table.store, here.app, GROUP, { ...trouble, ...more }, options);

  it('is noted, and is no outcome: what is known of the community stays', async () => {
    const here = await synced(10);
    const before = await here.stamp();
    expect(await note(here)).toBe(true);
    expect(await here.stamp()).toEqual({ ...before, ...noted });
  });

  it('is noted of a community that nothing is known of', async () => {
    const here = consumer();
    expect(await note(here)).toBe(true);
    expect(await here.stamp()).toEqual({
      groupId: GROUP,
      status: 'active',
      topicCount: 0,
      missingCount: 0,
      ...noted,
    });
  });

  it('takes the place of the API’s error, whose code it is not', async () => {
    const here = await synced(10);
    await here.failed(20);
    await note(here, { runId: RUN_ID });
    const stamp = await here.stamp();
    expect(stamp).toMatchObject({
      lastError: trouble.message,
      failingSince: at(20),
      run: { outcome: 'failed' },
    });
    expect(stamp).not.toHaveProperty('lastErrorCode');
  });

  it('is not noted over a good outcome of the run, nor over a newer answer', async () => {
    const here = await synced(10);
    expect(await note(here, { runId: RUN_ID })).toBe(false);
    expect(await note(here, { at: at(10) })).toBe(false);
    expect(await here.stamp()).not.toHaveProperty('lastError');
  });

  it('is noted over a good outcome where deletions were to be carried out, until they are', async () => {
    const here = await synced(10);
    expect(await note(here, { runId: RUN_ID }, { asksNothing: true })).toBe(true);
    await beginWriting(table.store, here.app, GROUP, { writer: 'w', until: at(90_009), now: at(90_001) });
    const lease = { writer: 'w', until: at(90_009) };
    const left = { topicCount: 2, missingCount: 0, deletions: undefined };
    await stampTombstones(table.store, here.app, GROUP, lease, { ...left, clearsError: true });
    expect(await here.stamp()).not.toHaveProperty('lastError');
    expect(await here.stamp()).not.toHaveProperty('lastErrorRunId');
  });

  it('is forgotten when the community is synced, or fails by an answer', async () => {
    const here = await synced(10);
    await note(here);
    await here.failed(90_010);
    expect(await here.stamp()).not.toHaveProperty('lastErrorRunId');
    await note(here, { at: at(90_020) });
    await here.begin('w', 90_030);
    await here.written('w', 90_030);
    for (const name of ['lastError', 'lastErrorRunId', 'failingSince'])
      expect(await here.stamp()).not.toHaveProperty(name);
  });
});
