import {
  type AttributeValue,
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { keyText } from './batch.ts';
import type { Attributes } from './itemSize.ts';
import type { Key } from './keys.ts';
import { type Expression, type Item, placeholders, type Store } from './store.ts';
import { onceTaken, untilTaken } from './throttling.ts';
import { meterBatch, meterRead } from './units.ts';

/** Reads one item. @param consistent costs twice an eventually consistent read and sees every earlier write */
export async function getItem(store: Store, key: Key, consistent: boolean): Promise<Item | undefined> {
  const { Item, ConsumedCapacity } = await onceTaken(store, 'reads', () =>
    store.client.send(
      new GetItemCommand({
        TableName: store.table,
        Key: marshall(key),
        ConsistentRead: consistent,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    ),
  );
  meterRead(store.meter, ConsumedCapacity, Item ? [Item] : [], consistent);
  return Item && unmarshall(Item);
}

/**
 * Reads items, at most 100 (docs.aws.amazon.com, API_BatchGetItem), until the store has answered each.
 * @param consistent as {@link getItem}
 * @returns them in the order of the keys, undefined where there is none
 */
export async function getItems(
  store: Store,
  keys: readonly Key[],
  consistent = false,
): Promise<(Item | undefined)[]> {
  const found = new Map<string, Item>();
  const asked = keys.map((key) => marshall(key));
  await untilTaken<Attributes>(store, 'reads', asked, async (left) => {
    const { Responses, UnprocessedKeys, ConsumedCapacity } = await store.client.send(
      new BatchGetItemCommand({
        RequestItems: { [store.table]: { Keys: [...left], ConsistentRead: consistent } },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    const items = Responses?.[store.table] ?? [];
    const back = UnprocessedKeys?.[store.table]?.Keys ?? [];
    meterBatch(store.meter, ConsumedCapacity?.[0], items, left.length - back.length, consistent);
    for (const item of items) found.set(keyText(item), unmarshall(item));
    return back;
  });
  return keys.map(({ pk, sk }) => found.get(JSON.stringify([pk, sk])));
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
    const query = new QueryCommand({
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
    });
    const page = await onceTaken(store, 'reads', () => store.client.send(query));
    const { Items: items = [] } = page;
    meterRead(store.meter, page.ConsumedCapacity, items, consistent);
    for (const item of items) {
      if (left-- <= 0) return;
      yield unmarshall(item);
    }
    start = page.LastEvaluatedKey;
  } while (start && left > 0);
}
