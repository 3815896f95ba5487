import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Executed } from '../../local/execute.ts';

/** Carries an operation out. @param input is changed */
type Execute = (operation: string, input: object) => Promise<Executed>;

/** What the SDK hands to its HTTP client, and is handed by it. */
interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
type Handle = (request: Request, options: unknown) => Promise<{ readonly response: Response }>;

/** What tests ask for thousands of times. The rest, like making a table, goes to the server. */
const FREQUENT: ReadonlySet<string> = new Set([
  ...['BatchExecuteStatement', 'BatchGetItem', 'BatchWriteItem', 'GetItem'],
  ...['PutItem', 'Query', 'UpdateItem'],
]);

const text = new TextDecoder();

/**
 * Has a client's frequent requests answered by a store in this process without a socket, which costs a third of their time.
 * All else is as over the wire: the SDK's steps, which lifelines and audits hang on, and the API's JSON both ways.
 */
export function answerDirectly({ config, middlewareStack }: DynamoDBClient, execute: Execute) {
  const handler = config.requestHandler as unknown as { handle: Handle };
  const overHttp = handler.handle.bind(handler);
  let underWay = 0;
  handler.handle = async (request, options) => {
    const [, operation = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    underWay += 1;
    try {
      return FREQUENT.has(operation) ? await direct(operation, request) : await overHttp(request, options);
    } finally {
      underWay -= 1;
    }
  };
  // Copies what is sent and answered for a log that nobody keeps.
  middlewareStack.remove('loggerMiddleware');
  return {
    /** Requests that are not answered yet. */
    underWay: () => underWay,
  };

  async function direct(operation: string, request: Request): Promise<{ readonly response: Response }> {
    const input = JSON.parse(text.decode(request.body)) as object;
    const { status, body } = await execute(operation, input);
    return { response: { statusCode: status, headers: {}, body: Buffer.from(JSON.stringify(body)) } };
  }
}
