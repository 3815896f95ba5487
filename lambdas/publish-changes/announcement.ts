import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import { toChange } from '../../shared/catalog/changes.ts';
import { appOf } from '../../shared/catalog/keys.ts';
import type { Item } from '../../shared/catalog/store.ts';
import { DETAIL_TYPES, EVENT_VERSION, type MirrorEvent } from '../../shared/events.ts';
import { parseRunOutcome } from '../../shared/runOutcome.ts';
import type { ChangeKind } from '../../shared/sync/snapshot.ts';

/** A record that should become an event and that this version of the code cannot read. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
}

/** Details are read by `toChange`, which knows how they are stored. */
const StoredChange = v.looseObject({
  observedAt: v.pipe(v.string(), v.isoTimestamp()),
  runId: v.pipe(v.string(), v.isoTimestamp()),
  kind: v.picklist(Object.keys(DETAIL_TYPES).filter((kind) => kind !== 'runClosed') as ChangeKind[]),
  groupId: v.pipe(v.string(), v.nonEmpty()),
  topicId: v.pipe(v.string(), v.nonEmpty()),
  before: v.optional(v.looseObject({})),
  after: v.optional(v.looseObject({})),
});

/**
 * The event that a record of the table's stream makes: of a new history entry, or of a run that is no longer
 * RUNNING. An entry that is written again is no INSERT; a run closes once more after what it held is released.
 * @returns undefined when the record is about something else
 * @throws {UnreadableRecordError} saying what is wrong with it
 */
export function announcementOf({ eventName, dynamodb = {} }: DynamoDBRecord): MirrorEvent | undefined {
  const { Keys, NewImage, OldImage } = dynamodb;
  const itemType = NewImage?.['itemType']?.S;
  const isChange = eventName === 'INSERT' && itemType === 'change';
  const isClosing = itemType === 'run' && OldImage?.['status']?.S === 'RUNNING';
  const isClosed = isClosing && NewImage?.['status']?.S !== 'RUNNING';
  if (!isChange && !isClosed) return undefined;
  try {
    const sdkAppId = readApp(Keys?.['pk']?.S);
    // Both typings describe DynamoDB's own notation; theirs of a binary differ, and no item here holds one.
    const item = unmarshall(NewImage as Record<string, AttributeValue>);
    const base = { version: EVENT_VERSION, sdkAppId } as const;
    return isChange ? { ...base, ...readChange(item) } : { ...base, ...readRun(item) };
  } catch (error) {
    throw new UnreadableRecordError(error instanceof Error ? error.message : String(error));
  }
}

function readApp(pk = ''): number {
  const sdkAppId = appOf({ pk });
  if (!Number.isSafeInteger(sdkAppId)) throw new Error('its key names no app');
  return sdkAppId;
}

function readChange(item: Item) {
  const result = v.safeParse(StoredChange, item);
  if (result.success) return toChange(item);
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue) ?? 'change'}: ${issue.message}`);
}

/** The lists of a run without reasons or failures may be absent. */
function readRun(item: Item) {
  return parseRunOutcome({ reasons: [], failures: [], ...item });
}
