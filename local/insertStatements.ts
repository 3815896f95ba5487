import { createRequire } from 'node:module';
import type { Definition, Done, DynaliteStore } from './dynaliteStore.ts';
import type { Executed } from './execute.ts';

const require = createRequire(import.meta.url);

type AttributeValue = Readonly<Record<string, unknown>>;

/** What dynalite's PutItem takes, as far as it is used here. */
interface Put {
  readonly TableName: string;
  readonly Item: Readonly<Record<string, AttributeValue>>;
  readonly Expected: Readonly<Record<string, { readonly Exists: boolean }>>;
  readonly ReturnConsumedCapacity?: string | undefined;
}

interface PutAnswer {
  readonly ConsumedCapacity?: Capacity;
}

interface Capacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

type PutItem = (store: DynaliteStore, put: Put, done: Done<PutAnswer>) => void;

const putItem = require('dynalite/actions/putItem') as PutItem;
const { validateAttributeValue } = require('dynalite/validations') as {
  /** @returns what is wrong with it, if anything is */
  validateAttributeValue(value: AttributeValue): string | undefined;
};
const { itemSize } = require('dynalite/db') as { itemSize(item: Put['Item']): number };

interface Batch {
  readonly Statements?: readonly {
    readonly Statement: string;
    readonly Parameters?: readonly AttributeValue[];
  }[];
  readonly ReturnConsumedCapacity?: string;
}

/** Answer to one statement (docs.aws.amazon.com, API_BatchStatementResponse). */
interface Answer {
  readonly TableName?: string;
  readonly Error?: { readonly Code: string; readonly Message: string };
  /** What it consumed; told of all statements together. */
  readonly consumed?: Capacity | undefined;
}

/** The operation that dynalite lacks. */
export const INSERTS = 'BatchExecuteStatement';

/** Most statements of a batch (docs.aws.amazon.com, "Running batch operations with PartiQL for DynamoDB"). */
const MOST_STATEMENTS = 25;

/**
 * Carries a batch of statements out that each insert an item, its attributes as parameters: dynalite knows no PartiQL,
 * but has a PutItem for each.
 */
export async function executeInserts(store: DynaliteStore, batch: Batch): Promise<Executed> {
  const { Statements = [], ReturnConsumedCapacity } = batch;
  if (Statements.length === 0 || Statements.length > MOST_STATEMENTS) {
    const message = `a batch has 1 to ${MOST_STATEMENTS} statements, and this one ${Statements.length}`;
    return { status: 400, body: { __type: 'com.amazon.coral.validate#ValidationException', message } };
  }
  const answers = await Promise.all(
    Statements.map(({ Statement, Parameters = [] }) =>
      insert(store, Statement, Parameters, ReturnConsumedCapacity),
    ),
  );
  return {
    status: 200,
    body: {
      Responses: answers.map(({ consumed: _, ...answer }) => answer),
      ConsumedCapacity: sumByTable(answers.flatMap(({ consumed }) => consumed ?? [])),
    },
  };
}

async function insert(
  store: DynaliteStore,
  statement: string,
  parameters: readonly AttributeValue[],
  ReturnConsumedCapacity: string | undefined,
): Promise<Answer> {
  const { TableName, names } = recognised(statement);
  if (TableName === undefined)
    return invalid(
      `the embedded store knows INSERT INTO "table" VALUE {'name': ?, …} and no other statement: ${statement}`,
    );
  if (names.length !== parameters.length)
    return invalid("Number of parameters in request and statement don't match.");
  const Item = Object.fromEntries(names.map((name, nth) => [name, parameters[nth] ?? {}]));
  const wrong = wrongIn(Item, store);
  if (wrong !== undefined) return invalid(wrong);
  return new Promise((resolve, reject) => {
    const done: Done<PutAnswer> = (failure, answer) => {
      if (!failure) resolve({ TableName, consumed: answer?.ConsumedCapacity });
      else if (failure.body) resolve({ TableName, Error: errorOf(failure.body) });
      else reject(failure);
    };
    store.getTable(TableName, (failure, table) => {
      if (!table) return done(failure);
      putItem(store, { TableName, Item, Expected: noneIn(table), ReturnConsumedCapacity }, done);
    });
  });
}

/** No item has the key: each would have its attributes. */
function noneIn({ KeySchema }: Definition): Put['Expected'] {
  return Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, { Exists: false }]));
}

/** What dynalite's PutItem refuses, without what a statement has nothing of. */
function wrongIn(item: Put['Item'], { options }: DynaliteStore): string | undefined {
  for (const value of Object.values(item)) {
    const wrong = isText(value) ? undefined : validateAttributeValue(value);
    if (wrong !== undefined) return wrong;
  }
  if (itemSize(item) > options.maxItemSize) return 'Item size has exceeded the maximum allowed size';
  return undefined;
}

/** Of text there is nothing to refuse, and most values are. */
function isText(value: AttributeValue): boolean {
  for (const type in value) if (type !== 'S') return false;
  return typeof value['S'] === 'string';
}

function invalid(Message: string): Answer {
  return { Error: { Code: 'ValidationError', Message } };
}

/** A statement's error by the name that batches know it by (docs.aws.amazon.com, API_BatchStatementError). */
function errorOf({ __type, message }: { readonly __type: string; readonly message: string }) {
  const [, name = ''] = /#(\w+?)(?:Exception)?$/.exec(__type) ?? [];
  if (name === 'ConditionalCheckFailed')
    return { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' };
  return { Code: name === 'Validation' ? 'ValidationError' : name, Message: message };
}

function sumByTable(consumed: readonly Capacity[]): Capacity[] {
  const units = new Map<string, number>();
  for (const { TableName, CapacityUnits } of consumed)
    units.set(TableName, (units.get(TableName) ?? 0) + CapacityUnits);
  return Array.from(units, ([TableName, CapacityUnits]) => ({ TableName, CapacityUnits }));
}

/** A statement's table, and its attributes in the order of their parameters. */
interface Recognised {
  readonly TableName?: string | undefined;
  readonly names: readonly string[];
}

/** Items of one kind have the same statement: it is read once. */
const known = new Map<string, Recognised>();

function recognised(statement: string): Recognised {
  const again = known.get(statement);
  if (again) return again;
  const [, TableName, members = ''] =
    /^INSERT INTO "([\w.-]+)" VALUE \{('(?:[^']|'')+': \?(?:, '(?:[^']|'')+': \?)*)\}$/.exec(statement) ?? [];
  const names = Array.from(members.matchAll(/'((?:[^']|'')+)': \?/g), ([, name = '']) =>
    name.replaceAll("''", "'"),
  );
  const read = { TableName, names };
  if (known.size < 1000) known.set(statement, read);
  return read;
}
