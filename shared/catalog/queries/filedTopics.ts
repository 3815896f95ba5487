import { readAhead } from '../../readAhead.ts';
import type { Snapshot } from '../../sync/snapshot.ts';
import { filingOf } from '../filing.ts';
import { topicOf } from '../keys.ts';
import { mergeSorted } from '../mergeSorted.ts';
import { queryItems } from '../readItems.ts';
import type { Expression, Item, Store } from '../store.ts';
import type { TableIndex } from '../table.ts';
import { byIds } from '../topicOrder.ts';
import { readSnapshots } from '../topics.ts';
import type { Placed } from './answer.ts';
import type { Position } from './cursor.ts';

/** A part of an index: the sort keys that are wanted, both included. */
export interface Range {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** An entry of an index that holds keys alone. */
export interface Entry {
  readonly groupId: string;
  readonly topicId: string;
  readonly sortKey: string;
}

/**
 * Yields the entries of some partitions of an index, in the order of its sort key, then of the ids.
 * @param pageItems entries of a page, where few are wanted
 */
export function entriesOf(
  store: Store,
  index: TableIndex,
  partitions: readonly string[],
  range: Range,
  pageItems: number | undefined,
): AsyncGenerator<Entry> {
  const sources = partitions.map((partition) => entriesIn(store, index, partition, range, pageItems));
  return mergeSorted(sources, ({ sortKey }) => sortKey, byIds);
}

async function* entriesIn(
  store: Store,
  index: TableIndex,
  partition: string,
  range: Range,
  pageItems: number | undefined,
): AsyncGenerator<Entry> {
  const condition = conditionOf(index, partition, range);
  for await (const item of queryItems(store, condition, { index: index.name, pageItems })) {
    const { pk, sk, [index.sortKey]: sortKey } = item as Record<string, string>;
    yield { ...topicOf({ pk: pk ?? '', sk: sk ?? '' }), sortKey: sortKey ?? '' };
  }
}

function conditionOf(
  { partitionKey, sortKey }: TableIndex,
  partition: string,
  { from, to }: Range,
): Expression {
  const inRange =
    from !== undefined && to !== undefined
      ? ` AND ${sortKey} BETWEEN :from AND :to`
      : from !== undefined
        ? ` AND ${sortKey} >= :from`
        : to !== undefined
          ? ` AND ${sortKey} <= :to`
          : '';
  return {
    expression: `${partitionKey} = :partition${inRange}`,
    values: { ':partition': partition, ':from': from, ':to': to },
  };
}

/** Topics that are read in one batch, and batches that are under way at once. */
const BATCH = 100;
const BATCHES_AHEAD = 4;

/** Where an index's topics are read, and which of them are still meant when they are there. */
export interface FiledWanted {
  readonly index: TableIndex;
  readonly range: Range;
  /** About how many will be taken. */
  readonly limit?: number | undefined;
}

/**
 * Yields the topics that entries name, as they are now: an index is a moment behind, so one that does not belong there
 * any more is left out. Each topic costs half a read unit for every 4 KB of it.
 * @param after leaves out what stands at this place or before
 */
export async function* topicsAt(
  store: Store,
  sdkAppId: number,
  entries: AsyncIterable<Entry>,
  { index, range, limit = BATCH }: FiledWanted,
  after: Position | undefined,
): AsyncGenerator<Placed<Snapshot>> {
  const isMeant = (topic: Snapshot) => belongs(filingOf(sdkAppId, topic), topic, index, range);
  const read = async (batch: readonly Entry[]) => {
    const topics = await readSnapshots(store, sdkAppId, batch);
    return batch.map(({ sortKey, groupId, topicId }, nth) => ({
      record: topics[nth],
      at: [sortKey, groupId, topicId],
    }));
  };
  const batches = inBatches(behind(entries, after), Math.min(BATCH, limit));
  for await (const batch of readAhead(batches, read, limit < BATCH ? 1 : BATCHES_AHEAD))
    for (const { record, at } of batch) if (record && isMeant(record)) yield { record, at };
}

function belongs(
  filing: Item,
  topic: Snapshot,
  { partitionKey, sortKey }: TableIndex,
  { from, to }: Range,
): boolean {
  const key = String(filing[sortKey] ?? topic[sortKey as keyof Snapshot]);
  return (
    filing[partitionKey] !== undefined &&
    (from === undefined || key >= from) &&
    (to === undefined || key <= to)
  );
}

async function* behind(entries: AsyncIterable<Entry>, after: Position | undefined): AsyncGenerator<Entry> {
  const [sortKey = '', groupId = '', topicId = ''] = after ?? [];
  for await (const entry of entries) {
    const isBehind =
      entry.sortKey > sortKey || (entry.sortKey === sortKey && byIds(entry, { groupId, topicId }) > 0);
    if (!after || isBehind) yield entry;
  }
}

async function* inBatches<T>(records: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const record of records) {
    batch.push(record);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
