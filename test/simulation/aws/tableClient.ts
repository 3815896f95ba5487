import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { type Environment, latency, type Surroundings } from './environment.ts';
import { PassingError, retried } from './retried.ts';
import { THROTTLES, ThrottledError } from './throttled.ts';
import type { ReadOptions, VirtualTable } from './virtualTable.ts';

/** After this nothing more is heard of a request: the functions' own setting. */
const REQUEST_TIMEOUT_MS = 1000;

/** How far behind an eventually consistent read may be. DynamoDB says "usually a second or less". */
const STALE_MS = 2000;

/** Longer than a writer's lease: what it was granted may be another's by the time that it writes. */
const STALL_MS = 25_000;

type Command = { readonly input: object; readonly constructor: { readonly name: string } };

/** A DynamoDBClient of one environment: latencies, lost answers and the SDK's own retries in front of the table. */
export function createTableClient(
  table: VirtualTable,
  around: Surroundings,
  environment: Environment,
  pageItems: number,
): DynamoDBClient {
  const options = (): ReadOptions => {
    const { draw, time, weather } = around;
    const behind = weather.strikes('read stale') ? draw.int(1, STALE_MS) : 0;
    return { asOf: time.now() - behind, pageItems };
  };
  const send = async (command: Command) => {
    // Between a look at the clock and the write that it allows anything may happen to a process.
    if (around.weather.strikes('process stalls'))
      await around.time.wait(around.draw.int(100, around.draw.pick([1000, STALL_MS])));
    return environment.effect(nameOf(command), () =>
      retried(around, () => attempt(table, around, environment, command, options())),
    );
  };
  // Sending is all that the catalog does with it.
  return { send } as unknown as DynamoDBClient;
}

async function attempt(
  table: VirtualTable,
  { time, weather, trace, draw }: Surroundings,
  environment: Environment,
  command: Command,
  options: ReadOptions,
): Promise<object> {
  await time.wait(weather.strikes('table slow') ? draw.int(50, 900) : latency(draw, 4));
  if (weather.strikes('table throttled')) throw new ThrottledError(draw.pick([...THROTTLES]));
  if (weather.isIn('table full')) throw new ThrottledError();
  if (weather.strikes('table unreachable') || weather.isIn('table down'))
    throw new PassingError('ECONNRESET');
  const sent = sendBack(command, weather.strikes.bind(weather), draw.int.bind(draw));
  const answer = sent.merged(executed(table, sent.command, options));
  if (!environment.dead) trace.add(`${environment.name} ${nameOf(command)} ${subjectOf(command)}`);
  if (weather.strikes('table answer lost')) {
    await time.wait(REQUEST_TIMEOUT_MS);
    throw new PassingError('TimeoutError');
  }
  if (draw.chance(0.3)) await time.wait(latency(draw, 3));
  return answer;
}

/** @throws what the table throws; what it was not taught ends the simulation too, whoever catches the error */
function executed(table: VirtualTable, command: Command, options: ReadOptions): object {
  try {
    return table.execute(command, options);
  } catch (error) {
    const uncaught = () => {
      throw error;
    };
    const isTaught = error instanceof ConditionalCheckFailedException || error instanceof ThrottledError;
    if (!isTaught) queueMicrotask(uncaught);
    throw error;
  }
}

/** What of a command reaches the table, and how its answer reads with the rest. */
interface Sent {
  readonly command: Command;
  merged(answer: object): object;
}

/** A throttled batch is written in part; the rest comes back in an answer that is a success all the same. */
function sendBack(
  command: Command,
  strikes: (fault: 'batch entries sent back') => boolean,
  int: (from: number, to: number) => number,
): Sent {
  const whole = { command, merged: (answer: object) => answer };
  if (command instanceof BatchWriteItemCommand && strikes('batch entries sent back')) {
    const [name, requests] = Object.entries(command.input.RequestItems ?? {})[0] as [string, WriteRequest[]];
    const written = int(1, requests.length);
    if (written === requests.length) return whole;
    return {
      command: new BatchWriteItemCommand({ RequestItems: { [name]: requests.slice(0, written) } }),
      merged: (answer) => {
        const { UnprocessedItems = {} } = answer as { UnprocessedItems?: Record<string, WriteRequest[]> };
        const back = [...(UnprocessedItems[name] ?? []), ...requests.slice(written)];
        return { ...answer, UnprocessedItems: { [name]: back } };
      },
    };
  }
  if (command instanceof BatchExecuteStatementCommand && strikes('batch entries sent back')) {
    const { Statements = [] } = command.input;
    const executed = int(1, Statements.length);
    if (executed === Statements.length) return whole;
    return {
      command: new BatchExecuteStatementCommand({ Statements: Statements.slice(0, executed) }),
      merged: (answer) => withThrottled(answer, Statements.slice(executed)),
    };
  }
  return whole;
}

function withThrottled(answer: object, statements: readonly BatchStatementRequest[]): object {
  const { Responses = [] } = answer as { Responses?: object[] };
  const throttled = statements.map(() => ({ Error: { Code: 'ThrottlingError', Message: 'simulated' } }));
  return { ...answer, Responses: [...Responses, ...throttled] };
}

function nameOf(command: Command): string {
  return command.constructor.name.replace('Command', '');
}

interface Keyed {
  readonly Key?: Record<string, { S?: string }>;
  readonly Item?: Record<string, { S?: string }>;
  readonly ExpressionAttributeValues?: Record<string, { S?: string }>;
  readonly Statements?: readonly { readonly Parameters: readonly { S?: string }[] }[];
}

function subjectOf({ input }: Command): string {
  const { Key, Item, ExpressionAttributeValues, Statements } = input as Keyed;
  if (Statements) return Statements.map(({ Parameters: [pk, sk] }) => `${pk?.S} ${sk?.S}`).join(' · ');
  const key = Key ?? Item;
  return key ? `${key['pk']?.S} ${key['sk']?.S}` : (ExpressionAttributeValues?.[':pk']?.S ?? '');
}
