import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Written } from './capacity.ts';
import type { Attributes } from './itemSize.ts';
import type { Key } from './keys.ts';
import { meterBatch, meterRead, meterRefusal, meterWrite, type UnitMeter } from './units.ts';

/** The table and the client that reaches it. With a meter, every call adds what it consumed. */
export interface Store {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly meter?: UnitMeter;
}

/** A stored item, its attributes as plain values. */
export type Item = Record<string, unknown>;

/** An expression with the names and values that it refers to. */
export interface Expression {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A change of an item, and which attributes it sets (`#a = :a`) and removes: by that its index writes are metered. */
export interface Update extends Expression {
  readonly sets?: readonly string[];
  readonly removes?: readonly string[];
}

/** Most items that one BatchWriteItem takes (docs.aws.amazon.com, API_BatchWriteItem). */
const BATCH_SIZE = 25;

/** The same store, its consumption added to `meter`. */
export function metered(store: Store, meter: UnitMeter): Store {
  return { ...store, meter };
}

/** The expression that sets each of the given attributes; one that is undefined is left alone. */
export function setAll(attributes: Item): Update & Required<Expression> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    expression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
    sets: entries.map(([name]) => name),
  };
}

/** Reads one item. @param consistent costs twice an eventually consistent read and sees every earlier write */
export async function getItem(store: Store, key: Key, consistent: boolean): Promise<Item | undefined> {
  const { Item, ConsumedCapacity } = await store.client.send(
    new GetItemCommand({
      TableName: store.table,
      Key: marshall(key),
      ConsistentRead: consistent,
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );
  meterRead(store.meter, ConsumedCapacity, Item ? [Item] : [], consistent);
  return Item && unmarshall(Item);
}

/**
 * Reads items that need not be consistent, at most 100 (docs.aws.amazon.com, API_BatchGetItem), until the store has
 * answered each. @returns them in the order of the keys, undefined where there is none
 */
export async function getItems(store: Store, keys: readonly Key[]): Promise<(Item | undefined)[]> {
  const found = new Map<string, Item>();
  let asked = keys.map((key) => marshall(key));
  for (let attempt = 0; asked.length > 0; attempt++) {
    if (attempt >= BATCH_ATTEMPTS)
      throw new Error(
        `the table ${store.table} left ${asked.length} reads unanswered ${BATCH_ATTEMPTS} times`,
      );
    if (attempt > 0) await sleep(backoffMs(attempt));
    const { Responses, UnprocessedKeys, ConsumedCapacity } = await store.client.send(
      new BatchGetItemCommand({
        RequestItems: { [store.table]: { Keys: asked } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    const items = Responses?.[store.table] ?? [];
    const left = UnprocessedKeys?.[store.table]?.Keys ?? [];
    meterBatch(store.meter, ConsumedCapacity?.[0], items, asked.length - left.length);
    for (const item of items) found.set(keyText(item), unmarshall(item));
    asked = left;
  }
  return keys.map(({ pk, sk }) => found.get(JSON.stringify([pk, sk])));
}

/** Writes an item. @returns false when the condition refused it */
export async function putItem(store: Store, item: Item, condition?: Expression): Promise<boolean> {
  const after = marshall(item, { removeUndefinedValues: true });
  return conditional(store, after, async () => {
    const { Attributes: before, ConsumedCapacity } = await store.client.send(
      new PutItemCommand({
        TableName: store.table,
        Item: after,
        ConditionExpression: condition?.expression,
        ...placeholders(condition?.names, condition?.values),
        // It costs nothing, and tells what the write does to the indexes.
        ReturnValues: store.meter && 'ALL_OLD',
        ReturnConsumedCapacity: 'INDEXES',
      }),
    );
    meterWrite(store.meter, ConsumedCapacity, [{ before, after }]);
  });
}

/**
 * Changes an item. @returns the attributes that it changed as they are now, or with `ALL_OLD` the whole item as it
 * was (empty for a new one); undefined when the condition refused it
 */
export async function updateItem(
  store: Store,
  key: Key,
  update: Update,
  condition?: Expression,
  returns: 'UPDATED_NEW' | 'ALL_OLD' = 'UPDATED_NEW',
): Promise<Item | undefined> {
  let returned: Item = {};
  const Key = marshall(key);
  const given = placeholders(
    { ...update.names, ...condition?.names },
    { ...update.values, ...condition?.values },
  );
  const accepted = await conditional(store, Key, async () => {
    const { Attributes, ConsumedCapacity } = await store.client.send(
      new UpdateItemCommand({
        TableName: store.table,
        Key,
        UpdateExpression: update.expression,
        ConditionExpression: condition?.expression,
        ...given,
        ReturnValues: returns,
        ReturnConsumedCapacity: 'INDEXES',
      }),
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

export interface QueryOptions {
  readonly index?: string;
  readonly consistent?: boolean;
  readonly descending?: boolean;
  readonly filter?: Expression;
  /** Most items to yield. */
  readonly limit?: number;
  /** Items of a page, where fewer are likely to be wanted than the 1 MB that one can hold; default `limit`. */
  readonly pageItems?: number | undefined;
}

/** Yields the items of a partition, page by page behind the scenes. */
export async function* queryItems(
  store: Store,
  condition: Expression,
  { index, consistent = false, descending = false, filter, limit, pageItems = limit }: QueryOptions = {},
): AsyncGenerator<Item> {
  let start: Record<string, AttributeValue> | undefined;
  let left = limit ?? Number.POSITIVE_INFINITY;
  do {
    const page = await store.client.send(
      new QueryCommand({
        TableName: store.table,
        IndexName: index,
        KeyConditionExpression: condition.expression,
        FilterExpression: filter?.expression,
        ...placeholders({ ...condition.names, ...filter?.names }, { ...condition.values, ...filter?.values }),
        ConsistentRead: consistent,
        ScanIndexForward: !descending,
        Limit: pageItems,
        ExclusiveStartKey: start,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    const { Items: items = [] } = page;
    meterRead(store.meter, page.ConsumedCapacity, items, consistent);
    for (const item of items) {
      if (left-- <= 0) return;
      yield unmarshall(item);
    }
    start = page.LastEvaluatedKey;
  } while (start && left > 0);
}

/** Writes items without a condition, 25 a call, until the store has taken every one of them. */
export async function putItems(store: Store, items: readonly Item[]): Promise<void> {
  for (let from = 0; from < items.length; from += BATCH_SIZE) {
    let requests: WriteRequest[] = items
      .slice(from, from + BATCH_SIZE)
      .map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } }));
    for (let attempt = 0; requests.length > 0; attempt++) {
      if (attempt > 0) await sleep(backoffMs(attempt));
      requests = await putBatch(store, requests, attempt);
    }
  }
}

/** What of a batch a throttled table sends back is tried this often before the batch fails. */
const BATCH_ATTEMPTS = 8;

async function putBatch(store: Store, requests: WriteRequest[], attempt: number): Promise<WriteRequest[]> {
  const { UnprocessedItems, ConsumedCapacity } = await store.client.send(
    new BatchWriteItemCommand({
      RequestItems: { [store.table]: requests },
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  const left = UnprocessedItems?.[store.table] ?? [];
  meterWrite(store.meter, ConsumedCapacity?.[0], written(requests, left));
  if (left.length > 0 && attempt + 1 >= BATCH_ATTEMPTS) {
    throw new Error(`the table ${store.table} sent ${left.length} writes back ${BATCH_ATTEMPTS} times`);
  }
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

function keyText({ pk, sk }: Attributes): string {
  return JSON.stringify([pk?.S, sk?.S]);
}

/** Full jitter below a doubling bound of 50 ms to 3.2 s: the SDK retries calls, not the entries sent back. */
function backoffMs(attempt: number): number {
  return Math.random() * Math.min(3200, 25 * 2 ** attempt);
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

/** Placeholders in the SDK's shape; empty maps are left out because DynamoDB refuses them. */
function placeholders(
  names: Readonly<Record<string, string>> = {},
  values: Readonly<Record<string, unknown>> = {},
) {
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: { ...names } }),
    ...(Object.keys(values).length > 0 && {
      ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
    }),
  };
}
