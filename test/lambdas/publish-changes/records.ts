import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { changeKey, type Key, runKey } from '../../../shared/catalog/keys.ts';
import { openRun, writeOutcome } from '../../../shared/catalog/runProgress.ts';
import type { Store } from '../../../shared/catalog/store.ts';
import type { RunOutcome } from '../../../shared/runOutcome.ts';
import type { Change } from '../../../shared/sync/snapshot.ts';
import { at, RUN_ID } from '../../builders.ts';

/** An item in DynamoDB's own notation, numbers as texts. */
export type Image = Record<string, AttributeValue>;

export const TABLE_ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/catalog';

let records = 0;

/** A record as the event source delivers it: JSON, with every field of a record. */
export function record(
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
  { NewImage, OldImage }: { NewImage?: Image; OldImage?: Image },
): DynamoDBRecord {
  const { pk, sk } = { ...OldImage, ...NewImage };
  const whole = {
    eventID: `event-${++records}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_311_000,
      Keys: { ...(pk && { pk }), ...(sk && { sk }) },
      ...(NewImage && { NewImage }),
      ...(OldImage && { OldImage }),
      SequenceNumber: String(100_000 + records),
      SizeBytes: 400,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: `${TABLE_ARN}/stream/2026-11-22T00:00:00.000`,
  };
  return JSON.parse(JSON.stringify(whole)) as DynamoDBRecord;
}

/** An item as the table holds it. */
export async function imageOf({ client, table }: Store, key: Key): Promise<Image> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
  );
  if (!Item) throw new Error(`there is no item ${key.pk} ${key.sk}`);
  return Item;
}

export async function imageOfChange(store: Store, app: number, { groupId, topicId, observedAt }: Change) {
  return imageOf(store, changeKey(app, groupId, topicId, observedAt));
}

/** The record that closing a run makes. */
export async function closingRecord(store: Store, app: number, fields: Partial<RunOutcome> = {}) {
  const { runId, startedAt, status, closedAt, reasons, failures, summary } = outcome(fields);
  await openRun(store, app, { runId, startedAt, limit: 10_000 });
  const OldImage = await imageOf(store, runKey(app, runId));
  await writeOutcome(store, app, runId, { status, closedAt, reasons, failures, summary });
  return record('MODIFY', { OldImage, NewImage: await imageOf(store, runKey(app, runId)) });
}

/** How a quiet night ends. */
export function outcome(fields: Partial<RunOutcome> = {}): RunOutcome {
  const status = fields.status ?? 'COMPLETE';
  return {
    runId: RUN_ID,
    startedAt: at(1),
    closedAt: at(731),
    status,
    reasons: [],
    failures: [],
    summary: {
      runId: fields.runId ?? RUN_ID,
      status,
      elapsedMs: 730_000,
      communities: {
        listed: 521,
        synced: 182,
        unchanged: 334,
        failed: 0,
        unsupported: 5,
        ignored: 0,
        deleted: 0,
      },
      topics: {
        active: 3112,
        baseline: 0,
        created: 50,
        updated: 160,
        unchanged: 2902,
        deleted: 0,
        restored: 0,
        missing: 28,
        held: 0,
      },
      messages: { topics: 640, new: 12_345 },
      api: { calls: 524, listCalls: 1, retries: 2, rateLimited: 0, peakPerSecond: 195 },
      dynamodb: { writeUnits: 1204.5, readUnits: 630 },
    },
    ...fields,
  };
}
