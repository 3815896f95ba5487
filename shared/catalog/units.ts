import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';

/** What work on the table cost, in DynamoDB's own units. Added to in place. */
export interface UnitMeter {
  writeUnits: number;
  readUnits: number;
}

export function createUnitMeter(): UnitMeter {
  return { writeUnits: 0, readUnits: 0 };
}

/**
 * Units that a refused conditional write is billed at least; DynamoDB does not return the figure with the error
 * (docs.aws.amazon.com, "DynamoDB read and write operations").
 */
export const REFUSED_WRITE_UNITS = 1;

/** Adds what a call consumed, as the store reported it. */
export function meterRead(meter: UnitMeter | undefined, capacity: ConsumedCapacity | undefined): void {
  if (meter) meter.readUnits += capacity?.CapacityUnits ?? 0;
}

/** Adds what a write consumed, as the store reported it, index writes included where it counts them. */
export function meterWrite(meter: UnitMeter | undefined, capacity: ConsumedCapacity | undefined): void {
  if (meter) meter.writeUnits += capacity?.CapacityUnits ?? 0;
}
