import { createRequire } from 'node:module';
import type { Executed } from './execute.ts';

const require = createRequire(import.meta.url);

/** dynalite's store, as its own actions are given it; nothing else is done with it here. */
export type InsertStore = object;

type AttributeValue = Readonly<Record<string, unknown>>;

/** What dynalite's PutItem takes, as far as it is used here. */
interface Put {
  readonly TableName: string;
  readonly Item: Readonly<Record<string, AttributeValue>>;
  readonly Expected: Readonly<Record<string, { readonly Exists: boolean }>>;
  readonly ReturnConsumedCapacity?: string | undefined;
}

interface Capacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

/** How dynalite's actions and validations fail. */
interface Failure extends Error {
  readonly body?: { readonly __type: string; readonly message: string };
}

type PutItem = (
  store: InsertStore,
  put: Put,
  done: (failure: Failure | null, answer?: { readonly ConsumedCapacity?: Capacity }) => void,
) => void;

/** @returns what is wrong with a request, if anything is */
type Validate = (put: Put, store: InsertStore) => string | undefined;

const putItem = require('dynalite/actions/putItem') as PutItem;
const { custom: validate } = require('dynalite/validations/putItem') as { readonly custom: Validate };

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
export async function executeInserts(store: InsertStore, batch: Batch): Promise<Executed> {
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
  store: InsertStore,
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
  const put = {
    TableName,
    Item: Object.fromEntries(names.map((name, nth) => [name, parameters[nth] ?? {}])),
    // Where there is no item there is none of its attributes; where there is one, its key is among them.
    Expected: Object.fromEntries(names.map((name) => [name, { Exists: false }])),
    ReturnConsumedCapacity,
  };
  const wrong = validate(put, store);
  if (wrong !== undefined) return invalid(wrong);
  return new Promise((resolve, reject) => {
    putItem(store, put, (failure, answer) => {
      if (!failure) resolve({ TableName, consumed: answer?.ConsumedCapacity });
      else if (failure.body) resolve({ TableName, Error: errorOf(failure.body) });
      else reject(failure);
    });
  });
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
