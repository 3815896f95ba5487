import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PrivateAddress } from '../../local/embeddedServer.ts';
import { type LocalQueues, type LocalStore, openQueues, openStore } from '../../local/servers.ts';
import { ENV } from '../../shared/config.ts';

const root = mkdtempSync(join(tmpdir(), 'topic-mirror-private-'));
let store: LocalStore;
let queues: LocalQueues;

beforeAll(async () => {
  const env = { [ENV.dataDir]: join(root, 'data') };
  store = await openStore(env);
  queues = await openQueues(env);
});

afterAll(async () => {
  await Promise.all([store.close(), queues.close()]);
  rmSync(root, { recursive: true, force: true });
});

const SERVERS = [
  ['store', () => store.embedded, 'DynamoDB_20120810.ListTables'],
  ['queue', () => queues.embedded, 'AmazonSQS.ListQueues'],
] as const;

function signedBy(key: string): OutgoingHttpHeaders {
  const credential = `${key}/20261122/us-east-1/dynamodb/aws4_request`;
  const signature = 'SignedHeaders=host, Signature=00';
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, ${signature}`,
    'x-amz-date': '20261122T020000Z',
  };
}

async function ask(
  { url }: PrivateAddress,
  headers: OutgoingHttpHeaders,
  { method = 'POST', path = '/' } = {},
): Promise<{ status: number | undefined; body: string; allowed: unknown }> {
  const asked = request(new URL(path, url), { method, headers });
  asked.end(method === 'POST' ? '{}' : undefined);
  const [response] = await once(asked, 'response');
  const { statusCode: status, headers: answered } = response;
  return { status, body: await text(response), allowed: answered['access-control-allow-origin'] };
}

const REFUSED = {
  status: 403,
  body: expect.stringContaining('belongs to another process'),
  allowed: undefined,
};

describe.each(SERVERS)('the embedded %s', (_what, addressOf, target) => {
  const address = () => addressOf() ?? { url: '', key: '' };
  const wanted = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };

  it('serves who names its key', async () => {
    expect(await ask(address(), { ...wanted, ...signedBy(address().key) })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no key', {}],
    ['a guessed key', signedBy('local')],
    ['an empty key', signedBy('')],
    ['a password', { authorization: 'Basic bG9jYWw6bG9jYWw=' }],
  ])('refuses whoever comes with %s', async (_with, headers) => {
    expect(await ask(address(), { ...wanted, ...headers })).toEqual(REFUSED);
  });

  it('refuses who knows the beginning of its key, or puts it elsewhere', async () => {
    const { key } = address();
    for (const headers of [signedBy(key.slice(0, -1)), signedBy(`${key}0`), { 'x-amz-security-token': key }])
      expect(await ask(address(), { ...wanted, ...headers })).toEqual(REFUSED);
    const query = `/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${key}/a/b/c/d`;
    expect(await ask(address(), wanted, { path: query })).toEqual(REFUSED);
  });

  it.each(['https://evil.example', 'http://127.0.0.1', 'null'])(
    'refuses the pages of %s, even one that has learnt the key',
    async (origin) => {
      const headers = { ...wanted, ...signedBy(address().key), origin };
      for (const method of ['POST', 'GET', 'OPTIONS'])
        expect(await ask(address(), headers, { method })).toEqual(REFUSED);
    },
  );

  it.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1'])(
    'refuses requests to another host’s name that was made to lead here: %s',
    async (host) => {
      expect(await ask(address(), { ...wanted, ...signedBy(address().key), host })).toEqual(REFUSED);
    },
  );

  it('tells nobody else that it is healthy, or what it holds', async () => {
    for (const path of ['/', '/health', '/_fauxqs/queues', '/bucket/key'])
      expect(await ask(address(), {}, { method: 'GET', path })).toEqual(REFUSED);
  });

  // Elsewhere the second address is not there to be tried.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('listens on one address of this machine, and on no other', async () => {
    const port = Number(new URL(address().url).port);
    const socket = connect({ port, host: '127.0.0.2' });
    const connected = await once(socket, 'connect').then(
      () => true,
      ({ code }) => code,
    );
    socket.destroy();
    expect(connected).toBe('ECONNREFUSED');
  });

  it('has a key that nobody guesses', () => {
    expect(address().key).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe('the clients of the process that holds them', () => {
  it('are served', async () => {
    expect((await store.client.send(new ListTablesCommand({}))).TableNames).toEqual([store.table]);
    expect((await queues.client.send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(4);
  });
});
