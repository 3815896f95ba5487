import { isDeepStrictEqual } from 'node:util';
import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  type BatchStatementResponse,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Attributes } from './itemSize.ts';
import type { Key } from './keys.ts';
import { getItems } from './readItems.ts';
import type { Item, Store } from './store.ts';
import { untilTaken } from './throttling.ts';
import { meterStatements } from './units.ts';

/** Errors of a statement that may succeed when it is sent again (docs.aws.amazon.com, API_BatchStatementError). */
const PASSING: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/** A statement's error where an item with its key is there already. */
const DUPLICATE = 'DuplicateItem';

/** An item, and as it is sent. */
interface Insertion<I> {
  readonly item: I;
  readonly after: Attributes;
}

/**
 * Writes items that must not be there yet, at most 25, in one request: BatchWriteItem takes no conditions, and a
 * PutItem for each would cost as many requests. Each is accepted or refused by itself.
 * @param mayBegin asked before each round, since what the table throttles is sent again
 * @returns those that were refused because something else has their keys: what is there stays as it is. An item that is
 *   there just as it was to be written is none of them: its write was repeated after a lost answer
 * @throws {TableThrottledError}, or an Error when the table refuses one for another reason
 */
export async function createItems<I extends Item>(
  store: Store,
  items: readonly I[],
  mayBegin?: () => Promise<void>,
): Promise<I[]> {
  const all = items.map((item) => ({ item, after: marshall(item, { removeUndefinedValues: true }) }));
  const refused: Insertion<I>[] = [];
  const send = async (left: readonly Insertion<I>[]) => {
    const outcomes = await insert(store, left);
    const having = (outcome: Outcome) => left.filter((_, nth) => outcomes[nth] === outcome);
    refused.push(...having('refused'));
    return having('sent back');
  };
  await untilTaken(store, 'a batch of writes', all, send, mayBegin);
  return (await othersAmong(store, refused)).map(({ item }) => item);
}

/** Refused insertions whose keys hold something else. */
async function othersAmong<I extends Item>(
  store: Store,
  refused: readonly Insertion<I>[],
): Promise<Insertion<I>[]> {
  const keys = refused.map(({ item }) => item as unknown as Key);
  const stored = await getItems(
    store,
    keys.map(({ pk, sk }) => ({ pk, sk })),
    true,
  );
  return refused.filter(({ after }, nth) => !isDeepStrictEqual(stored[nth], unmarshall(after)));
}

type Outcome = 'written' | 'refused' | 'sent back';

/** @returns what became of each insertion, in their order */
async function insert(store: Store, all: readonly { readonly after: Attributes }[]): Promise<Outcome[]> {
  const { Responses = [], ConsumedCapacity } = await store.client.send(
    new BatchExecuteStatementCommand({
      Statements: all.map(({ after }) => statementOf(store.table, after)),
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  const outcomes = all.map((_, nth) => outcomeOf(store.table, Responses[nth]));
  const having = (outcome: Outcome) => all.filter((_, nth) => outcomes[nth] === outcome);
  meterStatements(store.meter, ConsumedCapacity, {
    written: having('written'),
    refused: having('refused'),
  });
  return outcomes;
}

/** @throws {Error} what neither a repetition nor another writer explains */
function outcomeOf(table: string, answer: BatchStatementResponse | undefined): Outcome {
  if (!answer) throw new Error(`the table ${table} left a statement without an answer`);
  if (!answer.Error) return 'written';
  const { Code = 'an error without a code', Message } = answer.Error;
  if (Code === DUPLICATE) return 'refused';
  if (PASSING.has(Code)) return 'sent back';
  throw new Error(`the table ${table} refused an item: ${Code}: ${Message}`);
}

/** Items with the same attributes have the same statement. */
function statementOf(table: string, item: Attributes): BatchStatementRequest {
  const members = Object.keys(item).map((name) => `'${name.replaceAll("'", "''")}': ?`);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${members.join(', ')}}`,
    Parameters: Object.values(item),
  };
}
