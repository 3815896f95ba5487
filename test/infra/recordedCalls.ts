import type { Parts } from '../../lambdas/parts/index.ts';

/** A call that a function made of AWS, as IAM sees it. */
export interface Call {
  /** `dynamodb:Query` */
  readonly action: string;
  /** Name of the index that is read; undefined for the table, and for a queue. */
  readonly index?: string;
  /** Partition keys that the call touches (`dynamodb:LeadingKeys`). */
  readonly leadingKeys: readonly string[];
}

interface Client {
  send(command: never, ...more: never[]): unknown;
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

/** The same client, every call of it recorded. */
export function recording<C extends object>(client: C, service: string, calls: Call[]): C {
  return new Proxy(client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name) as unknown;
      return (command: Command, ...more: never[]) => {
        calls.push(...callsOf(command, service));
        return (target as Client).send(command as never, ...more);
      };
    },
  });
}

/** Parts whose calls of table and queues are recorded. */
export function recordedParts(parts: Parts, calls: Call[]): Parts {
  const { store, communitiesQueue, closingQueue } = parts;
  const sqs = recording(communitiesQueue.client, 'sqs', calls);
  return {
    ...parts,
    store: { ...store, client: recording(store.client, 'dynamodb', calls) },
    communitiesQueue: { ...communitiesQueue, client: sqs },
    closingQueue: { ...closingQueue, client: sqs },
  };
}

type Key = Readonly<Record<string, { readonly S?: string }>>;

/** SQS has one permission for both ways of sending. */
const PERMISSIONS: Readonly<Record<string, string>> = { SendMessageBatch: 'SendMessage' };

/** What a command asks of IAM: one call, or one for each statement of PartiQL. */
export function callsOf(command: Command, service: string): Call[] {
  const { input } = command;
  const statements = statementsIn(input);
  if (statements.length > 0) return statements.map(statementCall);
  const name = command.constructor.name.replace(/Command$/, '');
  const index = input['IndexName'] as string | undefined;
  return [
    {
      action: `${service}:${PERMISSIONS[name] ?? name}`,
      leadingKeys: service === 'dynamodb' ? keysIn(input) : [],
      ...(index !== undefined && { index }),
    },
  ];
}

/** The requests of BatchWriteItem or BatchGetItem, by table. */
type Batches = Record<string, { PutRequest: { Item: Key } }[] | { Keys: Key[] }>;

function batched(requests: Batches[string]): Key[] {
  return 'Keys' in requests ? requests.Keys : requests.map(({ PutRequest }) => PutRequest.Item);
}

interface PartiQl {
  readonly Statement: string;
  readonly Parameters?: readonly { readonly S?: string }[];
}

function statementsIn(input: Readonly<Record<string, unknown>>): readonly PartiQl[] {
  const { Statement, Statements } = input as Partial<PartiQl> & { Statements?: readonly PartiQl[] };
  return Statements ?? (Statement === undefined ? [] : [input as unknown as PartiQl]);
}

/**
 * A statement of PartiQL needs the permission of its kind, whichever operation brings it, and names its partition key as
 * any other call does (docs.aws.amazon.com, "IAM security policies with PartiQL for DynamoDB", and the table of condition
 * keys in "Actions, resources, and condition keys for Amazon DynamoDB").
 */
function statementCall({ Statement, Parameters = [] }: PartiQl): Call {
  const [kind = ''] = Statement.split(' ');
  // Where a statement names the key, `{'pk': ?, …}` or `WHERE pk = ?`, its parameter is the first one.
  const key = /\bpk'? ?[:=] \?/.test(Statement) ? Parameters[0]?.S : undefined;
  return {
    action: `dynamodb:PartiQL${kind.charAt(0).toUpperCase()}${kind.slice(1).toLowerCase()}`,
    leadingKeys: key === undefined ? [] : [key],
  };
}

function keysIn(input: Readonly<Record<string, unknown>>): string[] {
  const { Key, Item, RequestItems = {}, KeyConditionExpression, ExpressionAttributeValues } = input;
  const items = [Key, Item, ...Object.values(RequestItems as Batches).flatMap(batched)] as (
    | Key
    | undefined
  )[];
  // The first term of every condition is the partition key's: `pk = :pk AND …`.
  const [, placeholder = ''] = /^\w+ = (:\w+)/.exec(String(KeyConditionExpression)) ?? [];
  const queried = (ExpressionAttributeValues as Key | undefined)?.[placeholder]?.S;
  const found = [...items.map((item) => item?.['pk']?.S), queried];
  return found.filter((key) => key !== undefined);
}
