import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../../shared/catalog/table.ts';
import { parseCondition } from './condition.ts';
import type { Attributes, Parsed } from './expression.ts';
import { ThrottledError } from './throttled.ts';
import { parseUpdate } from './update.ts';
import type { WriteCapacity } from './writeCapacity.ts';

/** Told of every write that changed an item. */
export type OnWrite = (before: Attributes | undefined, after: Attributes) => void;

/** How a read is to be answered: as the table was some time ago, in pages of so many items. */
export interface ReadOptions {
  /** Epoch milliseconds; later writes are not seen by reads that are not consistent. */
  readonly asOf?: number;
  readonly pageItems?: number;
}

interface Version {
  readonly at: number;
  readonly item: Attributes;
}

/** Versions older than this are seen by no reader: staleness is a matter of a second. */
const FORGET_MS = 10_000;

type Command = { readonly input: object };

/** What of an item an update may be asked to answer. */
type Returned = 'ALL_OLD' | 'NONE' | 'UPDATED_NEW';

/**
 * A DynamoDB table in memory, interpreting the commands and expressions that the catalog uses and refusing all
 * others. Without faults of its own: who sends to it decides what becomes of a request on its way.
 */
export class VirtualTable {
  readonly #partitions = new Map<string, Map<string, Version[]>>();
  readonly #now: () => number;
  readonly #onWrite: OnWrite;
  readonly #capacity: WriteCapacity | undefined;

  /** @param capacity what it has for writes; without it, whatever they need */
  constructor(now: () => number, onWrite: OnWrite = () => {}, capacity?: WriteCapacity) {
    this.#now = now;
    this.#onWrite = onWrite;
    this.#capacity = capacity;
  }

  /** Executes a command at once. @throws what DynamoDB would answer, or Error for what it was not taught */
  execute(command: Command, options: ReadOptions = {}): object {
    if (command instanceof GetItemCommand) return this.#get(command.input, options);
    if (command instanceof BatchGetItemCommand) return this.#getAll(command.input, options);
    if (command instanceof PutItemCommand) return this.#put(command.input);
    if (command instanceof UpdateItemCommand) return this.#update(command.input);
    if (command instanceof QueryCommand) return this.#query(command.input, options);
    if (command instanceof BatchWriteItemCommand) return this.#batch(command.input);
    if (command instanceof BatchExecuteStatementCommand) return this.#statements(command.input);
    throw new Error(`not taught: ${command.constructor.name}`);
  }

  /** The items of a partition as they are now, in the order of the sort key. */
  partition(pk: string): Attributes[] {
    return this.#read(pk, Number.POSITIVE_INFINITY);
  }

  /** Every item as it is now. */
  *items(): Generator<Attributes> {
    for (const pk of this.#partitions.keys()) yield* this.partition(pk);
  }

  #get({ Key = {}, ConsistentRead }: GetItemCommand['input'], { asOf }: ReadOptions): object {
    const at = ConsistentRead ? undefined : asOf;
    const Item = this.#find(text(Key, 'pk'), text(Key, 'sk'), at);
    return { ...(Item && { Item }), ConsumedCapacity: { CapacityUnits: ConsistentRead ? 1 : 0.5 } };
  }

  #getAll({ RequestItems = {} }: BatchGetItemCommand['input'], options: ReadOptions): object {
    const [[name, { Keys = [], ConsistentRead }] = ['', {}]] = Object.entries(RequestItems);
    const asOf = ConsistentRead ? undefined : options.asOf;
    const keys = new Set(Keys.map((key) => `${text(key, 'pk')}\n${text(key, 'sk')}`));
    if (Keys.length === 0 || Keys.length > 100) throw new Error(`a batch of ${Keys.length} reads`);
    if (keys.size < Keys.length) throw new Error('a batch with the same key twice');
    const found = Keys.map((key) => this.#find(text(key, 'pk'), text(key, 'sk'), asOf));
    return { Responses: { [name]: found.filter((item) => item !== undefined) }, UnprocessedKeys: {} };
  }

  #put({ Item = {}, ConditionExpression, ...rest }: PutItemCommand['input']): object {
    const test = ConditionExpression === undefined ? undefined : condition(ConditionExpression);
    const { scopeOf } = checked(rest, test);
    const before = this.#find(text(Item, 'pk'), text(Item, 'sk'));
    // A condition that refuses costs as much as one that does not.
    if (!this.#has(before, Item)) throw new ThrottledError();
    if (test && !test.run(scopeOf(before ?? {}))) throw refused();
    this.#write(before, Item);
    return WRITTEN;
  }

  #update(input: UpdateItemCommand['input']): object {
    const { Key = {}, UpdateExpression = '', ConditionExpression, ReturnValues } = input;
    const change = update(UpdateExpression);
    const test = ConditionExpression === undefined ? undefined : condition(ConditionExpression);
    const { scopeOf } = checked(input, change, test);
    const before = this.#find(text(Key, 'pk'), text(Key, 'sk'));
    const isRefused = test && !test.run(scopeOf(before ?? {}));
    const { item, set } = isRefused ? { item: {}, set: {} } : change.run(scopeOf(before ?? {}));
    if (!this.#has(before, { ...item, ...Key })) throw new ThrottledError();
    if (isRefused) throw refused();
    this.#write(before, { ...item, ...Key });
    const returned = { ALL_OLD: before, NONE: undefined, UPDATED_NEW: set }[ReturnValues as Returned];
    return { ...(returned && Object.keys(returned).length > 0 && { Attributes: returned }), ...WRITTEN };
  }

  #batch({ RequestItems = {} }: BatchWriteItemCommand['input']): object {
    const requests = Object.values(RequestItems).flat();
    const items = requests.map(({ PutRequest }) => PutRequest?.Item ?? {});
    const keys = new Set(items.map((item) => `${text(item, 'pk')}\n${text(item, 'sk')}`));
    if (items.length === 0 || items.length > 25) throw new Error(`a batch of ${items.length} writes`);
    if (keys.size < items.length) throw new Error('a batch with the same key twice');
    const sentBack: typeof requests = [];
    for (const [nth, item] of items.entries()) {
      const before = this.#find(text(item, 'pk'), text(item, 'sk'));
      if (this.#has(before, item)) this.#write(before, item);
      else sentBack.push(requests[nth] as (typeof requests)[number]);
    }
    if (sentBack.length === items.length) throw new ThrottledError();
    const [name = ''] = Object.keys(RequestItems);
    return {
      UnprocessedItems: sentBack.length === 0 ? {} : { [name]: sentBack },
      ConsumedCapacity: [{ CapacityUnits: items.length - sentBack.length }],
    };
  }

  #statements({ Statements = [] }: BatchExecuteStatementCommand['input']): object {
    const items = Statements.map(({ Statement = '', Parameters = [] }) => inserted(Statement, Parameters));
    const keys = new Set(items.map((item) => `${text(item, 'pk')}\n${text(item, 'sk')}`));
    if (items.length === 0 || items.length > 25) throw new Error(`a batch of ${items.length} statements`);
    if (keys.size < items.length) throw new Error('a batch with the same key twice');
    const Responses = items.map((item) => {
      if (!this.#has(undefined, item))
        return { Error: { Code: 'ProvisionedThroughputExceeded', Message: 'simulated' } };
      if (this.#find(text(item, 'pk'), text(item, 'sk')))
        return { Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' } };
      this.#write(undefined, item);
      return {};
    });
    return { Responses, ConsumedCapacity: [{ CapacityUnits: items.length }] };
  }

  #query(input: QueryCommand['input'], { asOf, pageItems = Number.POSITIVE_INFINITY }: ReadOptions): object {
    const { IndexName, KeyConditionExpression = '', FilterExpression, ConsistentRead, Limit } = input;
    if (IndexName && ConsistentRead) throw new Error('an index has no consistent reads');
    const key = condition(KeyConditionExpression);
    const filter = FilterExpression === undefined ? undefined : condition(FilterExpression);
    const { scopeOf } = checked(input, key, filter);
    const source = this.#candidates(input, ConsistentRead ? undefined : asOf);
    const ordered = source.filter((item) => key.run(scopeOf(item)));
    if (input.ScanIndexForward === false) ordered.reverse();
    const from = input.ExclusiveStartKey ? placeAfter(ordered, input.ExclusiveStartKey) : 0;
    const to = Math.min(from + Math.min(Limit ?? Number.POSITIVE_INFINITY, pageItems), ordered.length);
    const page = ordered.slice(from, to);
    const last = page.at(-1);
    return {
      Items: filter ? page.filter((item) => filter.run(scopeOf(item))) : page,
      ...(last && to < ordered.length && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }),
      ConsumedCapacity: { CapacityUnits: 1 },
    };
  }

  /** The items that a query may answer, in its order. */
  #candidates(input: QueryCommand['input'], asOf = Number.POSITIVE_INFINITY): Attributes[] {
    if (input.IndexName === undefined) return this.#read(partitionOf(input), asOf);
    const index = Object.values(TABLE.indexes).find(({ name }) => name === input.IndexName);
    if (!index) throw new Error(`there is no index ${input.IndexName}`);
    const { partitionKey, sortKey } = index;
    const order = (item: Attributes) => `${item[sortKey]?.S}\n${item['pk']?.S}\n${item['sk']?.S}`;
    return [...this.#partitions.keys()]
      .flatMap((pk) => this.#read(pk, asOf))
      .filter((item) => item[partitionKey] && item[sortKey])
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  #read(pk: string, asOf: number): Attributes[] {
    const cells = this.#partitions.get(pk);
    if (!cells) return [];
    const keys = [...cells.keys()].sort((a, b) => (a < b ? -1 : 1));
    return keys.map((sk) => versionAt(cells.get(sk), asOf)).filter((item) => item !== undefined);
  }

  #find(pk: string, sk: string, asOf = Number.POSITIVE_INFINITY): Attributes | undefined {
    return versionAt(this.#partitions.get(pk)?.get(sk), asOf);
  }

  /** Takes the units of a write. @returns false when the table is throttled */
  #has(before: Attributes | undefined, after: Attributes): boolean {
    return this.#capacity?.take({ before, after }) ?? true;
  }

  #write(before: Attributes | undefined, item: Attributes): void {
    const [pk, sk] = [text(item, 'pk'), text(item, 'sk')];
    const cells = this.#partitions.get(pk) ?? new Map<string, Version[]>();
    this.#partitions.set(pk, cells);
    const at = this.#now();
    const versions = cells.get(sk) ?? [];
    while (versions[1] && versions[1].at < at - FORGET_MS) versions.shift();
    versions.push({ at, item });
    cells.set(sk, versions);
    this.#onWrite(before, item);
  }
}

const WRITTEN = { ConsumedCapacity: { CapacityUnits: 1 } };

function versionAt(versions: readonly Version[] | undefined, asOf: number): Attributes | undefined {
  return versions?.findLast(({ at }) => at <= asOf)?.item;
}

function placeAfter(ordered: readonly Attributes[], { pk, sk }: Attributes): number {
  const place = ordered.findIndex((item) => item['pk']?.S === pk?.S && item['sk']?.S === sk?.S);
  // The key may name an item that an index has lost meanwhile; the catalog pages through no such query.
  if (place < 0) throw new Error('not taught: to go on from a key that is gone');
  return place + 1;
}

/** The item of a statement that inserts one. */
function inserted(statement: string, parameters: readonly AttributeValue[]): Attributes {
  const [, members] = /^INSERT INTO "[\w.-]+" VALUE \{(.+)\}$/.exec(statement) ?? [];
  if (members === undefined) throw new Error(`not taught: ${statement}`);
  const names = members.split(', ').map((member) => /^'(\w+)': \?$/.exec(member)?.[1]);
  if (names.length !== parameters.length) throw new Error('parameters that do not fit their statement');
  return Object.fromEntries(
    names.map((name, nth) => {
      const value = parameters[nth];
      if (name === undefined || value === undefined) throw new Error(`not taught: ${statement}`);
      return [name, value];
    }),
  );
}

/** Every query of the table names its partition by `pk = :pk`. */
function partitionOf({
  KeyConditionExpression = '',
  ExpressionAttributeValues = {},
}: QueryCommand['input']): string {
  const [, placeholder = ''] = /^pk = (:\w+)/.exec(KeyConditionExpression) ?? [];
  return text(ExpressionAttributeValues, placeholder);
}

function text(attributes: Attributes, name: string): string {
  const value = attributes[name]?.S;
  if (!value) throw new Error(`${name} is no text`);
  return value;
}

const conditions = new Map<string, Parsed<boolean>>();
const updates = new Map<string, ReturnType<typeof parseUpdate>>();

function condition(expression: string): Parsed<boolean> {
  const parsed = conditions.get(expression) ?? parseCondition(expression);
  conditions.set(expression, parsed);
  return parsed;
}

function update(expression: string): ReturnType<typeof parseUpdate> {
  const parsed = updates.get(expression) ?? parseUpdate(expression);
  updates.set(expression, parsed);
  return parsed;
}

/** @throws Error when a placeholder is given and not used, as DynamoDB does */
function checked(
  input: {
    ExpressionAttributeNames?: Record<string, string> | undefined;
    ExpressionAttributeValues?: Attributes | undefined;
  },
  ...expressions: (Parsed<unknown> | undefined)[]
) {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input;
  for (const placeholder of [...Object.keys(names), ...Object.keys(values)]) {
    if (!expressions.some((parsed) => parsed?.placeholders.has(placeholder)))
      throw new Error(`${placeholder} is not used in any expression`);
  }
  return { scopeOf: (item: Attributes) => ({ item, names, values }) };
}

function refused(): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({ $metadata: {}, message: 'The conditional request failed' });
}
