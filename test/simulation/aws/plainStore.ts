import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from '../../../shared/catalog/store.ts';
import type { ReadOptions, VirtualTable } from './virtualTable.ts';

/** A store on a virtual table to which nothing happens: no delay, no fault, no death of whoever uses it. */
export function plainStore(table: VirtualTable, options: ReadOptions = {}): Store {
  const send = async (command: { readonly input: object }) => table.execute(command, options);
  // Sending is all that the catalog does with it.
  return { client: { send } as unknown as DynamoDBClient, table: 'virtual' };
}
