import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type AttributeValue,
  type BatchExecuteStatementCommandInput,
  type BatchGetItemCommandOutput,
  type BatchStatementRequest,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type QueryCommandOutput,
  type UpdateItemCommandInput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../shared/catalog/store.ts';
import { itemSize } from './itemSize.ts';

/** Whole items that were written or read, in DynamoDB's units, by what they are; `index` holds every index's writes. */
export type Units = Partial<
  Record<
    'stamps' | 'topics' | 'history' | 'rosters' | 'activity' | 'runs' | 'lists' | 'slots' | 'index',
    number
  >
>;

/** Counts what a client's calls cost by looking at the items before and after, not at what the store says of it. */
export interface UnitAudit {
  /** What was written and read since the last time. */
  take(): { writes: Units; reads: Units };
}

type Attributes = Record<string, AttributeValue>;
type Key = { TableName: string | undefined; Key: Attributes };

/** Keys of an index, and what it holds. */
interface AuditedIndex {
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly projection: 'ALL' | 'KEYS_ONLY';
}

/** @param indexes those of the table */
export function auditUnits(client: DynamoDBClient, indexes: readonly AuditedIndex[]): UnitAudit {
  const looking = new AsyncLocalStorage<true>();
  let writes: Units = {};
  let reads: Units = {};

  const look = ({ TableName, Key }: Key) =>
    looking.run(true, async () => {
      const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await client.send(command);
      return Item && unmarshall(Item);
    });

  const write = async <T>(keys: readonly Key[], send: () => Promise<T>): Promise<T> => {
    const before = await Promise.all(keys.map(look));
    const sent = send();
    await sent.catch(() => {});
    const after = await Promise.all(keys.map(look));
    for (const [nth, { Key }] of keys.entries()) {
      const items = [before[nth], after[nth]] as const;
      add(writes, kindOf(Key), Math.max(...items.map(writeUnits)));
      add(writes, 'index', sum(indexes.map((index) => indexUnits(index, ...items))));
    }
    return sent;
  };

  const read = (kind: keyof Units, items: readonly Attributes[], consistent = false) => {
    const size = sum(items.map((item) => itemSize(unmarshall(item))));
    add(reads, kind, Math.max(1, Math.ceil(size / 4096)) * (consistent ? 1 : 0.5));
  };

  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (looking.getStore()) return next(args);
      const { commandName } = context;
      if (commandName === 'PutItemCommand') {
        const { TableName, Item = {} } = args.input as PutItemCommandInput;
        return write([{ TableName, Key: keyOf(Item) }], () => next(args));
      }
      if (commandName === 'UpdateItemCommand') {
        const { TableName, Key = {} } = args.input as UpdateItemCommandInput;
        return write([{ TableName, Key }], () => next(args));
      }
      if (commandName === 'BatchWriteItemCommand') {
        const { RequestItems } = args.input as { RequestItems: Record<string, WriteRequest[]> };
        const keys = Object.entries(RequestItems).flatMap(([TableName, requests]) =>
          requests.map(({ PutRequest }) => ({ TableName, Key: keyOf(PutRequest?.Item ?? {}) })),
        );
        return write(keys, () => next(args));
      }
      if (commandName === 'BatchExecuteStatementCommand') {
        const { Statements = [] } = args.input as BatchExecuteStatementCommandInput;
        return write(Statements.map(insertedKey), () => next(args));
      }
      const answer = await next(args);
      if (commandName === 'GetItemCommand') {
        const { Key = {}, ConsistentRead } = args.input as GetItemCommandInput;
        const { Item } = answer.output as GetItemCommandOutput;
        read(kindOf(Key), Item ? [Item] : [], ConsistentRead);
      }
      if (commandName === 'BatchGetItemCommand') {
        const { RequestItems } = args.input as { RequestItems: Record<string, { Keys: Attributes[] }> };
        const { Responses = {} } = answer.output as BatchGetItemCommandOutput;
        for (const [table, { Keys }] of Object.entries(RequestItems)) {
          const found = new Map(Responses[table]?.map((item) => [JSON.stringify(keyOf(item)), item]));
          for (const Key of Keys) {
            const item = found.get(JSON.stringify(Key));
            read(kindOf(Key), item ? [item] : []);
          }
        }
      }
      if (commandName === 'QueryCommand') {
        const { ConsistentRead, ExpressionAttributeValues: asked = {} } = args.input as QueryCommandInput;
        const { Items = [] } = answer.output as QueryCommandOutput;
        // DynamoDB charges for looking even where there is nothing.
        read(kindOf({ pk: asked[':pk'], sk: asked[':prefix'] }), Items, ConsistentRead);
      }
      return answer;
    },
    { step: 'initialize', name: 'unit-audit' },
  );

  return {
    take: () => {
      const taken = { writes, reads };
      writes = {};
      reads = {};
      return taken;
    },
  };
}

/** All of it together. */
export function total(units: Units): number {
  return sum(Object.values(units));
}

function add(units: Units, kind: keyof Units, count: number): void {
  if (count > 0) units[kind] = (units[kind] ?? 0) + count;
}

function kindOf({ pk, sk }: Readonly<Record<string, AttributeValue | undefined>>): keyof Units {
  const [, what] = pk?.S?.split('|') ?? [];
  if (what === 'community') return sk?.S?.startsWith('topic|') ? 'topics' : 'history';
  if (what === 'communities') return 'stamps';
  if (what === 'slots' || what === 'rosters' || what === 'activity') return what;
  return what === 'run' ? 'lists' : 'runs';
}

/** Where a statement inserts its item: the key is the first of its attributes. */
function insertedKey({ Statement = '', Parameters: [pk, sk] = [] }: BatchStatementRequest): Key {
  const [, TableName] = /^INSERT INTO "([\w.-]+)" VALUE \{'pk': \?, 'sk': \?/.exec(Statement) ?? [];
  if (!TableName || !pk || !sk) throw new Error(`not an insertion: ${Statement}`);
  return { TableName, Key: { pk, sk } };
}

function keyOf({ pk, sk }: Attributes): Attributes {
  if (!pk || !sk) throw new Error('an item without a key');
  return { pk, sk };
}

function writeUnits(item: Item | undefined): number {
  return Math.max(1, Math.ceil((item ? itemSize(item) : 0) / 1024));
}

function indexUnits(index: AuditedIndex, before: Item | undefined, after: Item | undefined): number {
  const [was, is] = [entryOf(index, before), entryOf(index, after)];
  if (!was && !is) return 0;
  const keys = (entry: Item | undefined) =>
    entry && JSON.stringify([entry[index.partitionKey], entry[index.sortKey]]);
  if (keys(was) === keys(is))
    return JSON.stringify(was) === JSON.stringify(is) ? 0 : Math.max(writeUnits(was), writeUnits(is));
  return (was ? writeUnits(was) : 0) + (is ? writeUnits(is) : 0);
}

/** What an index holds of an item; undefined of one that lacks one of its keys. */
function entryOf(
  { partitionKey, sortKey, projection }: AuditedIndex,
  item: Item | undefined,
): Item | undefined {
  if (item?.[partitionKey] === undefined || item[sortKey] === undefined) return undefined;
  if (projection === 'ALL') return item;
  return Object.fromEntries(['pk', 'sk', partitionKey, sortKey].map((name) => [name, item[name]]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
