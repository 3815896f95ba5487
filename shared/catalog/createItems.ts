import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  type BatchStatementResponse,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { BATCH_ATTEMPTS, backOff } from './batch.ts';
import type { Attributes } from './itemSize.ts';
import type { Item, Store } from './store.ts';
import { meterRefusal, meterWrite } from './units.ts';

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

/**
 * Writes items that must not be there yet, at most 25, in one request: BatchWriteItem takes no conditions, and a
 * PutItem for each would cost as many requests. Each is accepted or refused by itself.
 * @returns those that were refused because their keys are taken: what is there stays as it is. An item whose write the
 *   SDK repeated after a lost answer is among them
 * @throws {Error} when the table refuses one for another reason, or sends it back too often
 */
export async function createItems<I extends Item>(store: Store, items: readonly I[]): Promise<I[]> {
  let left = items.map((item) => ({ item, after: marshall(item, { removeUndefinedValues: true }) }));
  const refused: I[] = [];
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt >= BATCH_ATTEMPTS)
      throw new Error(`the table ${store.table} sent ${left.length} writes back ${BATCH_ATTEMPTS} times`);
    await backOff(attempt);
    const outcomes = await insert(
      store,
      left.map(({ after }) => after),
    );
    const having = (outcome: Outcome) => left.filter((_, nth) => outcomes[nth] === outcome);
    refused.push(...having('refused').map(({ item }) => item));
    left = having('sent back');
  }
  return refused;
}

type Outcome = 'written' | 'refused' | 'sent back';

/** @returns what became of each item, in their order */
async function insert(store: Store, items: readonly Attributes[]): Promise<Outcome[]> {
  const { Responses = [], ConsumedCapacity } = await store.client.send(
    new BatchExecuteStatementCommand({
      Statements: items.map((item) => statementOf(store.table, item)),
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
  const outcomes = items.map((_, nth) => outcomeOf(store.table, Responses[nth]));
  const having = (outcome: Outcome) => items.filter((_, nth) => outcomes[nth] === outcome);
  meterWrite(
    store.meter,
    ConsumedCapacity?.[0],
    having('written').map((after) => ({ after })),
  );
  for (const item of having('refused')) meterRefusal(store.meter, item);
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
