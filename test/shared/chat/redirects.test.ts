import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { TransportError } from '../../../shared/chat/index.ts';
import { clientOf, failureOf, withServer } from './scriptedServer.ts';

const once = { retry: { attempts: 1 } };

/** Where somebody would like to have the signed URL: a port that counts whoever connects to it. */
async function withTrap(
  use: (trap: { url: string; connections: () => number }) => Promise<void>,
): Promise<void> {
  let connections = 0;
  const server = createServer((_request, response) => response.end()).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await use({ url: `http://127.0.0.1:${port}`, connections: () => connections });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    'of %i is an error that names the host, and nobody connects to where it leads',
    async (status) => {
      await withTrap(async ({ url, connections }) => {
        const location = `${url}/v4/million_group_open_http_svc/get_topic?usersig=here`;
        await withServer(
          [(response) => response.writeHead(status, { location }).end()],
          async ({ endpoint, seen }) => {
            const error = await failureOf(clientOf(endpoint, once).client.getTopics({ groupId: 'g' }));
            expect(error).toBeInstanceOf(TransportError);
            expect(error.message).toContain(`${new URL(endpoint).host} redirects, which is not followed`);
            expect(seen).toHaveLength(1);
          },
        );
        expect(connections()).toBe(0);
      });
    },
  );

  it.each([
    ['to a path of the same host', 302, '/elsewhere', 'redirects, which is not followed'],
    ['to nowhere', 302, undefined, 'redirects, which is not followed'],
    ['that is none (300)', 300, '/elsewhere', 'answered with HTTP status 300'],
    ['that is none (304)', 304, '/elsewhere', 'answered with HTTP status 304'],
  ])('%s is an error too', async (_name, status, location, words) => {
    await withServer(
      [(response) => response.writeHead(status, { ...(location && { location }) }).end()],
      async ({ endpoint, seen }) => {
        const error = await failureOf(clientOf(endpoint, once).client.getTopics({ groupId: 'g' }));
        expect(error.message).toContain(`${new URL(endpoint).host} ${words}`);
        expect(seen).toHaveLength(1);
      },
    );
  });

  it.each(['listGroups', 'getTopics', 'importTopic'] as const)(
    'is followed by no call (%s)',
    async (call) => {
      await withTrap(async ({ url, connections }) => {
        await withServer(
          [(response) => response.writeHead(307, { location: url }).end()],
          async ({ endpoint }) => {
            const { client } = clientOf(endpoint, once);
            const calls = {
              listGroups: () => client.listGroups({ limit: 1, next: 0n }),
              getTopics: () => client.getTopics({ groupId: 'g' }),
              importTopic: () => client.importTopic({ groupId: 'g', topicName: 'n' }),
            };
            expect((await failureOf(calls[call]())).message).toContain('redirects, which is not followed');
          },
        );
        expect(connections()).toBe(0);
      });
    },
  );
});
