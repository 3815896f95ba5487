import { createRequire } from 'node:module';
import type { DynaliteStore, Failure } from './dynaliteStore.ts';
import { executeInserts, INSERTS } from './insertStatements.ts';

const require = createRequire(import.meta.url);

/** What a request was answered with, as HTTP and the API's JSON have it. */
export interface Executed {
  readonly status: number;
  readonly body: object;
}

type Action = (
  store: DynaliteStore,
  input: object,
  done: (failure: Failure | null, answer: object) => void,
) => void;

/** What dynalite knows of an operation's input. */
interface Validation {
  readonly types: object;
  readonly custom?: unknown;
}

const { checkTypes, checkValidations } = require('dynalite/validations') as {
  checkTypes(input: object, types: object): object;
  checkValidations(input: object, types: object, custom: unknown, store: DynaliteStore): void;
};

/** The operations that are asked for often enough to need a way of their own. */
const OPERATIONS: ReadonlyMap<string, readonly [Action, Validation]> = new Map(
  ['getItem', 'batchGetItem', 'query', 'putItem', 'updateItem', 'batchWriteItem'].map((name) => [
    name[0]?.toUpperCase() + name.slice(1),
    [require(`dynalite/actions/${name}`) as Action, require(`dynalite/validations/${name}`) as Validation],
  ]),
);

/**
 * Carries an operation out as dynalite does it behind its HTTP server, with the same checks but that of the signature.
 * @param input is changed
 */
export async function execute(store: DynaliteStore, operation: string, input: object): Promise<Executed> {
  if (operation === INSERTS) return executeInserts(store, input);
  const known = OPERATIONS.get(operation);
  if (!known) throw new Error(`the embedded store does not know ${operation}`);
  const [action, { types, custom }] = known;
  try {
    const checked = checkTypes(input, types);
    checkValidations(checked, types, custom, store);
    const body = await new Promise<object>((resolve, reject) => {
      action(store, checked, (failure, answer) => (failure ? reject(failure) : resolve(answer)));
    });
    return { status: 200, body };
  } catch (error) {
    const { statusCode, body } = error as Failure;
    if (statusCode === undefined || !body) throw error;
    return { status: statusCode, body };
  }
}
