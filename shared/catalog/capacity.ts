import { type Attributes, itemSize } from './itemSize.ts';
import { INDEXES, type TableIndex } from './table.ts';

/** An item that was written: as it was, if that is known and there was one, and as it is. */
export interface Written {
  readonly before?: Attributes | undefined;
  readonly after: Attributes;
}

/**
 * Units of a write to the table: each KB, begun or whole, of the larger of the two. A condition that refuses costs as
 * much as one that accepts (docs.aws.amazon.com, "DynamoDB read and write operations").
 */
export function tableUnits({ before = {}, after }: Written): number {
  return Math.max(unitsOf(before), unitsOf(after));
}

/** Units of what a write does to all indexes. */
export function indexUnits(written: Written): number {
  return INDEXES.reduce((units, index) => units + unitsIn(index, written), 0);
}

/**
 * Units of what a write does to one index: nothing where the item stays outside; one write where it enters, leaves or
 * changes inside; two where its key changes, since the entry is deleted and put
 * anew (docs.aws.amazon.com, "Using Global Secondary Indexes in DynamoDB").
 */
export function unitsIn(index: TableIndex, { before = {}, after }: Written): number {
  const [left, entered] = [entryKey(index, before), entryKey(index, after)];
  if (left !== entered)
    return (left === undefined ? 0 : unitsOf(before)) + (entered === undefined ? 0 : unitsOf(after));
  return left === undefined ? 0 : tableUnits({ before, after });
}

/** Units of a read: each 4 KB, begun or whole, of all that it gave; half as many when it need not be consistent. */
export function readUnits(items: readonly Attributes[], consistent: boolean): number {
  const size = items.reduce((sum, item) => sum + itemSize(item), 0);
  return Math.max(1, Math.ceil(size / 4096)) / (consistent ? 1 : 2);
}

/** Where an item stands in an index; undefined outside. What has a partition key there has a sort key, too. */
function entryKey({ partitionKey, sortKey }: TableIndex, item: Attributes): string | undefined {
  const partition = item[partitionKey]?.S;
  return partition === undefined ? undefined : JSON.stringify([partition, item[sortKey]?.S]);
}

function unitsOf(item: Attributes): number {
  return Math.max(1, Math.ceil(itemSize(item) / 1024));
}
