import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forManyCalls, withoutThrottleRetries } from '../../shared/busyClient.ts';
import { CREDENTIALS, REGION } from '../support/world.ts';

const signatures = new Set<string | undefined>();
let server: Server;
let client: DynamoDBClient;

beforeAll(async () => {
  // A table that holds every item one could ask for, and takes its time.
  server = createServer(async (request, response) => {
    const { Key } = (await json(request)) as { Key?: object };
    signatures.add(request.headers.authorization);
    await wait(Math.random() * 20);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (request.headers['x-amz-target']?.toString().endsWith('ListTables')) response.statusCode = 400;
    response.end(JSON.stringify(Key ? { Item: Key } : { __type: 'com.example#AccessDeniedException' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = forManyCalls(new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS }));
});

afterAll(() => {
  client.destroy();
  server.close();
});

describe('a client for many calls', () => {
  it('gives each of many commands at once its own answer, each signed for itself', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => String(index));
    const answers = await Promise.all(
      ids.map((S) => client.send(new GetItemCommand({ TableName: 'any', Key: { id: { S } } }))),
    );
    expect(answers.map(({ Item }) => Item?.['id']?.S)).toEqual(ids);
    expect(signatures.size).toBe(100);
  });

  it('rejects with the error of the command that failed', async () => {
    const [good, bad] = await Promise.allSettled([
      client.send(new GetItemCommand({ TableName: 'any', Key: { id: { S: 'good' } } })),
      client.send(new ListTablesCommand({})),
    ]);
    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'AccessDeniedException' } });
  });
});

describe('a client without retries of throttled requests', () => {
  it('throws them at once, and repeats what else may pass for as long as it lives', async () => {
    let answers = 0;
    const aws = createServer((request, response) => {
      answers += 1;
      request.resume();
      const throttles = request.headers['x-amz-target']?.toString().endsWith('ListTables');
      // Every other GetItem meets a server in trouble.
      response.statusCode = throttles ? 400 : answers % 2 === 1 ? 500 : 200;
      response.end(JSON.stringify(throttles ? { __type: 'com.example#ThrottlingException' } : {}));
    });
    aws.listen(0, '127.0.0.1');
    await once(aws, 'listening');
    const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
    const impatient = withoutThrottleRetries(
      new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 3 }),
    );
    const failed = impatient.send(new ListTablesCommand({}));
    await expect(failed).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(answers).toBe(1);
    answers = 0;
    // More than the SDK has tokens for, if it did not get them back with each success.
    const get = () => impatient.send(new GetItemCommand({ TableName: 'any', Key: { id: { S: 'a' } } }));
    for (let nth = 0; nth < 60; nth++) await get();
    expect(answers).toBe(120);
    impatient.destroy();
    aws.close();
  });
});
