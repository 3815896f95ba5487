import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { LOCAL_ACCOUNT } from './localAccount.ts';

/** A DynamoDB server in front of another one, which refuses requests as a table at its limit does. */
export interface ThrottledTable {
  /** What a client needs that is to see the tables of the server behind it. */
  readonly account: Pick<DynamoDBClientConfig, 'region' | 'credentials' | 'endpoint'>;
  /** Requests that were refused. */
  readonly refused: number;
  close(): Promise<void>;
}

/**
 * Answers 400 with an error's name, as DynamoDB does (docs.aws.amazon.com, "Error handling with DynamoDB"), and hands on
 * what is not refused.
 * @param client of the server behind it
 * @param refuse asked for each request: the name of the error, or undefined
 */
export async function openThrottledTable(
  client: DynamoDBClient,
  refuse: (operation: string) => string | undefined,
): Promise<ThrottledTable> {
  const { protocol, hostname, port = 80 } = (await client.config.endpoint?.()) ?? {};
  const behind = `${protocol}//${hostname}:${port}`;
  let refused = 0;
  const server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const target = String(request.headers['x-amz-target']);
    const name = refuse(target.split('.').at(-1) ?? '');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (name !== undefined) {
      refused += 1;
      response.statusCode = 400;
      response.end(
        JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'too fast' }),
      );
      return;
    }
    const answer = await fetch(behind, {
      method: 'POST',
      body: Buffer.concat(body),
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        authorization: String(request.headers.authorization),
        'x-amz-date': String(request.headers['x-amz-date']),
      },
    });
    response.statusCode = answer.status;
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    account: {
      region: LOCAL_ACCOUNT.region,
      credentials: client.config.credentials,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    get refused() {
      return refused;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
