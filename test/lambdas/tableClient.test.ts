import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basePartsFrom } from '../../lambdas/parts/base.ts';
import { putItem } from '../../shared/catalog/writeItems.ts';
import { ENV } from '../../shared/config.ts';
import { LOCAL_ACCOUNT } from '../support/localAccount.ts';

const SETTINGS = {
  AWS_ENDPOINT_URL_DYNAMODB: '',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: LOCAL_ACCOUNT.region,
};

/** What the consumers of fifty communities want to write at once. */
const WRITES = 800;
/** A table that is slow, yet answers within its second. */
const ANSWER_MS = 60;

describe('a function’s client of the table', () => {
  let server: Server;
  let sockets = 0;
  const before = { ...process.env };

  beforeAll(async () => {
    server = createServer((_request, response) => {
      setTimeout(() => response.end('{}'), ANSWER_MS);
    }).on('connection', () => {
      sockets += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, { ...SETTINGS, AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` });
  });

  afterAll(() => {
    for (const name of Object.keys(SETTINGS)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    server.closeAllConnections();
    server.close();
  });

  it('carries out far more writes than it has sockets for, though the last waits longer than a connection may', async () => {
    const { store } = basePartsFrom({ [ENV.sdkAppId]: '1400000000', [ENV.table]: 'mirror' });
    const writes = Array.from({ length: WRITES }, (_, nth) => putItem(store, { pk: 'p', sk: String(nth) }));
    const written = await Promise.allSettled(writes);
    expect(written.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(sockets).toBeLessThanOrEqual(16);
    store.client.destroy();
  }, 30_000);
});
