import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
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
import type { Key } from './keys.ts';
import { meterRead, meterWrite, REFUSED_WRITE_UNITS, type UnitMeter } from './units.ts';

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

/** Most items that one BatchWriteItem takes (docs.aws.amazon.com, API_BatchWriteItem). */
const BATCH_SIZE = 25;

/** The same store, its consumption added to `meter`. */
export function metered(store: Store, meter: UnitMeter): Store {
  return { ...store, meter };
}

/** The expression that sets each of the given attributes; one that is undefined is left alone. */
export function setAll(attributes: Item): Required<Expression> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    expression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
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
  meterRead(store.meter, ConsumedCapacity);
  return Item && unmarshall(Item);
}

/** Writes an item. @returns false when the condition refused it */
export async function putItem(store: Store, item: Item, condition?: Expression): Promise<boolean> {
  return conditional(store, async () => {
    const { ConsumedCapacity } = await store.client.send(
      new PutItemCommand({
        TableName: store.table,
        Item: marshall(item, { removeUndefinedValues: true }),
        ConditionExpression: condition?.expression,
        ...placeholders(condition?.names, condition?.values),
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    meterWrite(store.meter, ConsumedCapacity);
  });
}

/**
 * Changes an item. @returns the attributes that it changed as they are now, or with `ALL_OLD` the whole item as it
 * was (empty for a new one); undefined when the condition refused it
 */
export async function updateItem(
  store: Store,
  key: Key,
  update: Expression,
  condition?: Expression,
  returns: 'UPDATED_NEW' | 'ALL_OLD' = 'UPDATED_NEW',
): Promise<Item | undefined> {
  let returned: Item = {};
  const accepted = await conditional(store, async () => {
    const { Attributes, ConsumedCapacity } = await store.client.send(
      new UpdateItemCommand({
        TableName: store.table,
        Key: marshall(key),
        UpdateExpression: update.expression,
        ConditionExpression: condition?.expression,
        ...placeholders({ ...update.names, ...condition?.names }, { ...update.values, ...condition?.values }),
        ReturnValues: returns,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    meterWrite(store.meter, ConsumedCapacity);
    returned = Attributes ? unmarshall(Attributes) : {};
  });
  return accepted ? returned : undefined;
}

export interface QueryOptions {
  readonly index?: string;
  readonly consistent?: boolean;
  readonly descending?: boolean;
  readonly filter?: Expression;
  /** Most items to yield. */
  readonly limit?: number;
}

/** Yields the items of a partition, page by page behind the scenes. */
export async function* queryItems(
  store: Store,
  condition: Expression,
  { index, consistent = false, descending = false, filter, limit }: QueryOptions = {},
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
        Limit: limit,
        ExclusiveStartKey: start,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    meterRead(store.meter, page.ConsumedCapacity);
    for (const item of page.Items ?? []) {
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

/** Entries of a batch that a throttled table sends back are tried this often before the batch fails. */
const BATCH_ATTEMPTS = 8;

async function putBatch(store: Store, requests: WriteRequest[], attempt: number): Promise<WriteRequest[]> {
  const { UnprocessedItems, ConsumedCapacity } = await store.client.send(
    new BatchWriteItemCommand({
      RequestItems: { [store.table]: requests },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );
  for (const capacity of ConsumedCapacity ?? []) meterWrite(store.meter, capacity);
  const left = UnprocessedItems?.[store.table] ?? [];
  if (left.length > 0 && attempt + 1 >= BATCH_ATTEMPTS) {
    throw new Error(`the table ${store.table} sent ${left.length} writes back ${BATCH_ATTEMPTS} times`);
  }
  return left;
}

/** Full jitter below a doubling bound of 50 ms to 3.2 s: the SDK retries calls, not the entries sent back. */
function backoffMs(attempt: number): number {
  return Math.random() * Math.min(3200, 25 * 2 ** attempt);
}

async function conditional(store: Store, write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (store.meter) store.meter.writeUnits += REFUSED_WRITE_UNITS;
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
