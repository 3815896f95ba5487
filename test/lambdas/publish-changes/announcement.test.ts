import { describe, expect, it } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { announcementOf, UnreadableRecordError } from '../../../lambdas/publish-changes/announcement.ts';
import { entryOf } from '../../../lambdas/publish-changes/entry.ts';
import { putActivity } from '../../../shared/catalog/activity.ts';
import { putChanges } from '../../../shared/catalog/changes.ts';
import { activityKey, communityKey, rosterKey, runKey, topicKey } from '../../../shared/catalog/keys.ts';
import { putRoster } from '../../../shared/catalog/rosters.ts';
import { advanceRun, openRun } from '../../../shared/catalog/runProgress.ts';
import { putSnapshot } from '../../../shared/catalog/topics.ts';
import { putItem } from '../../../shared/catalog/writeItems.ts';
import { parseJson } from '../../../shared/chat/json.ts';
import type { MirrorEvent } from '../../../shared/events.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import { ids, topicDetails } from '../../arbitraries.ts';
import { at, GROUP, RUN_ID, snapshot, topicFields } from '../../builders.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { closingRecord, type Image, imageOf, imageOfChange, outcome, record } from './records.ts';

const table = useMemoryTable();
const change: Change = { observedAt: at(10), runId: RUN_ID, kind: 'updated', groupId: GROUP, topicId: 'a' };

async function insertOf(app: number, written: Change): Promise<DynamoDBRecord> {
  await putChanges(table.store, app, [written]);
  return record('INSERT', { NewImage: await imageOfChange(table.store, app, written) });
}

/** What a subscriber reads. */
const detailOf = (event: MirrorEvent | undefined) =>
  event && parseJson(entryOf(event, 'bus', 'arn').Detail ?? '');

describe('a new history entry', () => {
  it('is an event that says the same as the entry, whatever it holds', async () => {
    const optional = fc.option(topicDetails, { nil: undefined });
    const kinds = fc.constantFrom<Change['kind'][]>('created', 'updated', 'deleted', 'restored');
    await fc.assert(
      fc.asyncProperty(ids, ids, kinds, optional, optional, async (groupId, topicId, kind, before, after) => {
        const app = table.freshApp();
        const details = { ...(before && { before }), ...(after && { after }) };
        const written: Change = { observedAt: at(10), runId: RUN_ID, kind, groupId, topicId, ...details };
        const event = announcementOf(await insertOf(app, written));
        expect(detailOf(event)).toEqual({ version: 1, sdkAppId: app, ...written });
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every digit of a number that a double cannot hold', async () => {
    const NewImage = (await insertOf(table.freshApp(), change)).dynamodb?.NewImage as Image;
    const after = { M: { nextMsgSeq: { N: '18446744073709551615' }, extra: { S: '{"a":1e400}' } } };
    const event = announcementOf(record('INSERT', { NewImage: { ...NewImage, after } }));
    expect(event && entryOf(event, 'bus', 'arn').Detail).toContain(
      '"after":{"nextMsgSeq":18446744073709551615,"extra":{"a":1e400}}',
    );
  });

  it('is no event when it is only written again or removed', async () => {
    const NewImage = (await insertOf(table.freshApp(), change)).dynamodb?.NewImage as Image;
    expect(announcementOf(record('MODIFY', { OldImage: NewImage, NewImage }))).toBeUndefined();
    expect(announcementOf(record('REMOVE', { OldImage: NewImage }))).toBeUndefined();
  });
});

describe('a run', () => {
  it.each(['COMPLETE', 'INCOMPLETE', 'HELD'] as const)('that ends %s is an event', async (status) => {
    const app = table.freshApp();
    const ended = outcome({ status, reasons: ['one reason'], failures: [{ groupId: GROUP, message: 'no' }] });
    const event = announcementOf(await closingRecord(table.store, app, ended));
    expect(detailOf(event)).toEqual({ version: 1, sdkAppId: app, ...ended });
  });

  it('is no event while it goes on, nor when a closed one is changed', async () => {
    const app = table.freshApp();
    const key = runKey(app, RUN_ID);
    const run = await openRun(table.store, app, { runId: RUN_ID, startedAt: at(1), limit: 10 });
    const opened = await imageOf(table.store, key);
    await advanceRun(table.store, app, run, { next: '0', limit: 10, groupIds: 1, totalCount: 1 });
    const advanced = await imageOf(table.store, key);
    expect(announcementOf(record('INSERT', { NewImage: opened }))).toBeUndefined();
    expect(announcementOf(record('MODIFY', { OldImage: opened, NewImage: advanced }))).toBeUndefined();

    const closed = (await closingRecord(table.store, table.freshApp(), outcome({ status: 'HELD' }))).dynamodb;
    const released = { ...closed?.NewImage, status: { S: 'COMPLETE' } } as Image;
    const OldImage = closed?.NewImage as Image;
    expect(announcementOf(record('MODIFY', { OldImage, NewImage: released }))).toBeUndefined();
  });
});

describe('any other item', () => {
  it('is no event, nor are messages: not the roster of a community, nor what a run saw come', async () => {
    const app = table.freshApp();
    await putSnapshot(table.store, app, snapshot());
    const { topicId } = topicFields();
    const seen = { groupId: GROUP, runId: RUN_ID, observedAt: at(10) };
    const rows = new Map([[topicId, { nextMsgSeq: 9, newMessages: 8 }]]);
    await putRoster(table.store, app, { ...seen, rows }, undefined);
    const topics = [{ topicId, newMessages: 8, nextMsgSeq: 9 }];
    await putActivity(table.store, app, [{ entry: { ...seen, topics } }], 400);
    const stamp = { ...communityKey(app, GROUP), itemType: 'community', groupId: GROUP, status: 'active' };
    await putItem(table.store, stamp);
    const keys = [
      topicKey(app, GROUP, topicId),
      communityKey(app, GROUP),
      rosterKey(app, GROUP),
      activityKey(app, RUN_ID, GROUP),
    ];
    for (const key of keys) {
      const NewImage = await imageOf(table.store, key);
      expect(announcementOf(record('INSERT', { NewImage }))).toBeUndefined();
      expect(announcementOf(record('MODIFY', { OldImage: NewImage, NewImage }))).toBeUndefined();
    }
  });
});

describe('a record that cannot be read', () => {
  it.each<[string, Image]>([
    ['a time that is none', { observedAt: { S: 'yesterday' } }],
    ['a kind that nobody knows', { kind: { S: 'moved' } }],
    ['no topic', { topicId: { NULL: true } }],
    ['details that are no map', { after: { S: 'text' } }],
    ['an extra that is no JSON', { before: { M: { extra: { S: '{' } } } }],
  ])('is told from one of no interest: %s', async (_what, attributes) => {
    const NewImage = (await insertOf(table.freshApp(), change)).dynamodb?.NewImage as Image;
    const broken = record('INSERT', { NewImage: { ...NewImage, ...attributes } });
    expect(() => announcementOf(broken)).toThrow(UnreadableRecordError);
  });

  it('is one whose key names no app, or a run that closed without a summary', async () => {
    const NewImage = (await insertOf(table.freshApp(), change)).dynamodb?.NewImage as Image;
    const elsewhere = record('INSERT', { NewImage: { ...NewImage, pk: { S: 'apps' } } });
    expect(() => announcementOf(elsewhere)).toThrow('its key names no app');

    const { OldImage, NewImage: run } = (await closingRecord(table.store, table.freshApp())).dynamodb ?? {};
    const { summary: _summary, ...without } = run as Image;
    const closed = record('MODIFY', { OldImage: OldImage as Image, NewImage: without });
    expect(() => announcementOf(closed)).toThrow(/^summary: /);
  });
});
