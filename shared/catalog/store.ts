import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { UnitMeter } from './units.ts';
import type { WritePace } from './writePace.ts';

/** The table and the client that reaches it. With a meter, every call adds what it consumed. */
export interface Store {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly meter?: UnitMeter;
  /** Of all that this process writes; absent: batches are written as fast as they come. */
  readonly pace?: WritePace;
  /** Until when a throttled request is repeated, epoch milliseconds of the system's clock; absent: for 20 s. */
  readonly until?: number;
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

/** Placeholders in the SDK's shape; empty maps are left out because DynamoDB refuses them. */
export function placeholders(
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
