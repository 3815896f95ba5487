import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { basePartsFrom } from '../../lambdas/parts/base.ts';
import { putItem } from '../../shared/catalog/writeItems.ts';
import { ENV } from '../../shared/config.ts';
import { topicBudget } from '../../shared/rate/budget.ts';
import { leasesInTable } from '../../shared/rate/slotLease.ts';
import { LOCAL_ACCOUNT } from '../support/localAccount.ts';

const ADDRESS = 'AWS_ENDPOINT_URL_DYNAMODB';
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: LOCAL_ACCOUNT.region,
};

/** More writes than a client of the SDK has sockets. */
const WRITES = 80;

describe('the leases of a function', () => {
  let server: Server;
  const before = { ...process.env };

  beforeAll(async () => {
    // Of writes nothing is heard, as on a table that is overrun.
    server = createServer((request, response) => {
      if (!String(request.headers['x-amz-target']).endsWith('.UpdateItem')) return;
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ Attributes: { used: { N: '1' } } }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, { ...CREDENTIALS, [ADDRESS]: `http://127.0.0.1:${port}` });
  });

  afterAll(() => {
    for (const name of [ADDRESS, ...Object.keys(CREDENTIALS)]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    server.closeAllConnections();
    server.close();
  });

  it('are had at once while writes have all the sockets of their own client', async () => {
    const { store, leaseStore } = basePartsFrom({ [ENV.sdkAppId]: '1400000000', [ENV.table]: 'mirror' });
    let ended = 0;
    const writes = Array.from({ length: WRITES }, (_, nth) =>
      putItem(store, { pk: 'p', sk: String(nth) })
        .catch(() => {})
        .finally(() => {
          ended += 1;
        }),
    );
    const { lease } = leasesInTable(leaseStore, 1_400_000_000, topicBudget(195, 200));
    expect(await lease(1, 1, 0)).toEqual({ from: 0, to: 1 });
    expect(ended).toBe(0);
    leaseStore.client.destroy();
    store.client.destroy();
    await Promise.all(writes);
  }, 20_000);
});
