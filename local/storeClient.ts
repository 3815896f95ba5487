import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AskStore } from './storePort.ts';

interface Command {
  readonly input: object;
}

/** The one text has two names (dynalite, as DynamoDB). */
interface Refusal {
  readonly __type: string;
  readonly message?: string;
  readonly Message?: string;
}

/** What a night asks for thousands of times. */
const DIRECT: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [BatchExecuteStatementCommand, 'BatchExecuteStatement'],
  [BatchGetItemCommand, 'BatchGetItem'],
  [BatchWriteItemCommand, 'BatchWriteItem'],
  [GetItemCommand, 'GetItem'],
  [PutItemCommand, 'PutItem'],
  [QueryCommand, 'Query'],
  [UpdateItemCommand, 'UpdateItem'],
]);

/** The errors that the SDK has a class for, and that its users tell by it. */
const EXCEPTIONS = new Map(
  [ConditionalCheckFailedException, ResourceNotFoundException].map((exception) => [
    exception.name,
    exception,
  ]),
);

/**
 * Has a client put its frequent questions to the store in the other thread of this process, without signatures, HTTP and
 * the SDK's steps, which cost more than the store's own work. What a command has and what it is answered are the API's
 * JSON, but for bytes. All other commands go to the store's URL.
 */
export function askDirectly(client: DynamoDBClient, ask: AskStore): DynamoDBClient {
  const overHttp = client.send.bind(client) as (...command: unknown[]) => unknown;
  const send = (command: Command, ...more: unknown[]) => {
    const operation = DIRECT.get(command.constructor);
    return operation === undefined ? overHttp(command, ...more) : askFor(ask, operation, command.input);
  };
  return Object.assign(client, { send });
}

async function askFor(ask: AskStore, operation: string, input: object): Promise<object> {
  const { status, body } = await ask(operation, written(input));
  const $metadata = { httpStatusCode: status, attempts: 1 };
  if (status === 200) return Object.assign(read(body), { $metadata });
  const { __type, Message = '', message = Message } = JSON.parse(body) as Refusal;
  const name = __type.slice(__type.indexOf('#') + 1);
  const Exception = EXCEPTIONS.get(name);
  throw Exception
    ? new Exception({ message, $metadata })
    : new DynamoDBServiceException({ name, $fault: status < 500 ? 'client' : 'server', message, $metadata });
}

/** Bytes are few, and a look at each value for them would cost as much as the JSON. */
const MAY_HAVE_BYTES = /"BS?":[[{"]/;

function written(input: object): string {
  const json = JSON.stringify(input);
  return MAY_HAVE_BYTES.test(json) ? JSON.stringify(input, bytesAsText) : json;
}

/** A Buffer has become something else already when it is passed as the value. */
function bytesAsText(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const { [name]: bytes } = this;
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : value;
}

function read(json: string): object {
  return JSON.parse(json, MAY_HAVE_BYTES.test(json) ? textAsBytes : undefined) as object;
}

function textAsBytes(name: string, value: unknown): unknown {
  if (name === 'B' && typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
  if (name === 'BS' && Array.isArray(value)) return value.map((text) => textAsBytes('B', text));
  return value;
}
