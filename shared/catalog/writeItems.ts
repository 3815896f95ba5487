import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { BATCH_SIZE, keyText } from './batch.ts';
import type { Written } from './capacity.ts';
import type { Attributes } from './itemSize.ts';
import type { Key } from './keys.ts';
import { type Expression, type Item, placeholders, type Store, type Update } from './store.ts';
import { onceTaken, untilTaken } from './throttling.ts';
import { meterRefusal, meterWrite } from './units.ts';

/**
 * Writes an item. @param mayBegin asked before each attempt, since a throttled write is sent again
 * @returns false when the condition refused it
 */
export async function putItem(
  store: Store,
  item: Item,
  condition?: Expression,
  mayBegin?: () => Promise<void>,
): Promise<boolean> {
  const after = marshall(item, { removeUndefinedValues: true });
  const command = new PutItemCommand({
    TableName: store.table,
    Item: after,
    ConditionExpression: condition?.expression,
    ...placeholders(condition?.names, condition?.values),
    // It costs nothing, and tells what the write does to the indexes.
    ReturnValues: store.meter && 'ALL_OLD',
    ReturnConsumedCapacity: 'INDEXES',
  });
  return conditional(store, after, async () => {
    const send = () => store.client.send(command);
    const { Attributes: before, ConsumedCapacity } = await onceTaken(store, 'a write', send, mayBegin);
    meterWrite(store.meter, ConsumedCapacity, [{ before, after }]);
  });
}

/**
 * Changes an item. @returns the attributes that it changed as they are now, or with `ALL_OLD` the whole item as it
 * was (empty for a new one), or with `NONE` nothing of it; undefined when the condition refused it
 */
export async function updateItem(
  store: Store,
  key: Key,
  update: Update,
  condition?: Expression,
  returns: 'UPDATED_NEW' | 'ALL_OLD' | 'NONE' = 'UPDATED_NEW',
): Promise<Item | undefined> {
  let returned: Item = {};
  const Key = marshall(key);
  const given = placeholders(
    { ...update.names, ...condition?.names },
    { ...update.values, ...condition?.values },
  );
  const command = new UpdateItemCommand({
    TableName: store.table,
    Key,
    UpdateExpression: update.expression,
    ConditionExpression: condition?.expression,
    ...given,
    ReturnValues: returns,
    ReturnConsumedCapacity: 'INDEXES',
  });
  const accepted = await conditional(store, Key, async () => {
    const { Attributes, ConsumedCapacity } = await onceTaken(store, 'a write', () =>
      store.client.send(command),
    );
    const before = returns === 'ALL_OLD' ? Attributes : undefined;
    const after = changed(before ?? Key, update, given.ExpressionAttributeValues ?? {});
    meterWrite(store.meter, ConsumedCapacity, [{ before, after }]);
    returned = Attributes ? unmarshall(Attributes) : {};
  });
  return accepted ? returned : undefined;
}

/** An item as an update leaves it, but for what it computes. @param values of its placeholders */
function changed(before: Attributes, { sets = [], removes = [] }: Update, values: Attributes): Attributes {
  const after = { ...before };
  for (const name of sets) {
    const value = values[`:${name}`];
    if (value) after[name] = value;
  }
  for (const name of removes) delete after[name];
  return after;
}

/**
 * Writes items without a condition, 25 a call, until the store has taken every one of them.
 * @param mayBegin asked before each request
 * @throws {TableThrottledError}
 */
export async function putItems(
  store: Store,
  items: readonly Item[],
  mayBegin?: () => Promise<void>,
): Promise<void> {
  const put = (left: readonly WriteRequest[]) => putBatch(store, left);
  for (let from = 0; from < items.length; from += BATCH_SIZE) {
    const requests: WriteRequest[] = items
      .slice(from, from + BATCH_SIZE)
      .map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } }));
    await untilTaken(store, 'a batch of writes', requests, put, mayBegin);
  }
}

/** @returns the entries that came back */
async function putBatch(store: Store, requests: readonly WriteRequest[]): Promise<WriteRequest[]> {
  const { UnprocessedItems, ConsumedCapacity } = await store.client.send(
    new BatchWriteItemCommand({
      RequestItems: { [store.table]: [...requests] },
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  const left = UnprocessedItems?.[store.table] ?? [];
  meterWrite(store.meter, ConsumedCapacity?.[0], written(requests, left));
  return left;
}

/** The entries of a batch that did not come back. */
function written(requests: readonly WriteRequest[], left: readonly WriteRequest[]): Written[] {
  const back = new Set(left.map(entryKey));
  return requests
    .filter((request) => !back.has(entryKey(request)))
    .map(({ PutRequest }) => ({ after: PutRequest?.Item ?? {} }));
}

function entryKey({ PutRequest }: WriteRequest): string {
  return keyText(PutRequest?.Item ?? {});
}

/** @param item what was to be written, as far as it is known */
async function conditional(store: Store, item: Attributes, write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    meterRefusal(store.meter, item);
    return false;
  }
}
