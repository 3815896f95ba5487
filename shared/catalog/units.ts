import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { indexUnits, readUnits, tableUnits, type Written } from './capacity.ts';
import type { Attributes } from './itemSize.ts';

/** What work on the table cost, in DynamoDB's own units. Added to in place. */
export interface UnitMeter {
  writeUnits: number;
  readUnits: number;
}

export function createUnitMeter(): UnitMeter {
  return { writeUnits: 0, readUnits: 0 };
}

/**
 * Adds what a read consumed: as the store reports it, or by the bytes of what it gave if that is more. The embedded
 * store takes a character for a byte; of DynamoDB the two agree.
 * @param capacity as `TOTAL` reports it
 */
export function meterRead(
  meter: UnitMeter | undefined,
  capacity: ConsumedCapacity | undefined,
  items: readonly Attributes[],
  consistent: boolean,
): void {
  if (meter) meter.readUnits += Math.max(capacity?.CapacityUnits ?? 0, readUnits(items, consistent));
}

/**
 * Adds what a batch of reads consumed: each item is billed by itself, and so is one that is not there.
 * @param capacity as `TOTAL` reports it
 * @param asked keys that were answered
 */
export function meterBatch(
  meter: UnitMeter | undefined,
  capacity: ConsumedCapacity | undefined,
  items: readonly Attributes[],
  asked: number,
  consistent: boolean,
): void {
  if (!meter) return;
  const absent = (asked - items.length) * readUnits([], consistent);
  const units = items.reduce((total, item) => total + readUnits([item], consistent), absent);
  meter.readUnits += Math.max(capacity?.CapacityUnits ?? 0, units);
}

/**
 * Adds what writes consumed, in the table and in its indexes. DynamoDB names every index that it wrote to, and has all
 * of it in the sum. A store that names none has written to none, or does not count them, as the embedded one: then the
 * items tell. An item whose `before` is not known counts as new.
 * @param capacity as `INDEXES` reports it
 */
export function meterWrite(
  meter: UnitMeter | undefined,
  capacity: ConsumedCapacity | undefined,
  items: readonly Written[],
): void {
  if (!meter) return;
  const { CapacityUnits = 0, GlobalSecondaryIndexes } = capacity ?? {};
  meter.writeUnits += GlobalSecondaryIndexes
    ? CapacityUnits
    : Math.max(CapacityUnits, sum(items, tableUnits)) + sum(items, indexUnits);
}

/**
 * Adds what a batch of conditional writes consumed. DynamoDB has what it refused in the sum; a store that leaves it out is
 * made up for.
 * @param capacities as `INDEXES` reports them: one for each table or one for each statement
 */
export function meterStatements(
  meter: UnitMeter | undefined,
  capacities: readonly ConsumedCapacity[] | undefined = [],
  { written, refused }: { readonly written: readonly Written[]; readonly refused: readonly Written[] },
): void {
  if (!meter) return;
  const reported = capacities.reduce((total, { CapacityUnits = 0 }) => total + CapacityUnits, 0);
  const hasIndexes = capacities.some(({ GlobalSecondaryIndexes }) => GlobalSecondaryIndexes);
  const inTable = sum([...written, ...refused], tableUnits);
  const inIndexes = sum(written, indexUnits);
  meter.writeUnits += hasIndexes
    ? Math.max(reported, inTable + inIndexes)
    : Math.max(reported, inTable) + inIndexes;
}

/** Adds a write that its condition refused: DynamoDB does not return the figure with the error. */
export function meterRefusal(meter: UnitMeter | undefined, item: Attributes): void {
  if (meter) meter.writeUnits += tableUnits({ after: item });
}

function sum(items: readonly Written[], units: (item: Written) => number): number {
  return items.reduce((total, item) => total + units(item), 0);
}
