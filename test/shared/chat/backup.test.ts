import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { bodyOf, clientOf, fail, failureOf, noTopics, ok, withServer } from './scriptedServer.ts';

const groupId = '@TGS#_g';

/** A loopback address on which nothing listens any more. */
async function refusing(): Promise<string> {
  let endpoint = '';
  await withServer([], async (server) => {
    endpoint = server.endpoint;
  });
  return endpoint;
}

/** A host that takes the connection and says nothing, as one behind a firewall: for https no connection ever stands. */
async function withSilence(use: (endpoint: string) => Promise<void>): Promise<void> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => void open.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The port of an address, on which a server can be begun later. */
const portOf = (endpoint: string) => Number(new URL(endpoint).port);

describe('the backup host', () => {
  it('is asked when the first refuses the connection, with the same call', async () => {
    const endpoint = await refusing();
    await withServer([noTopics], async (backup) => {
      const { client, slept } = clientOf(endpoint, { backup: backup.endpoint });
      expect((await client.getTopics({ groupId })).topics).toEqual([]);
      expect(backup.seen.map(bodyOf)).toEqual([expect.objectContaining({ GroupId: groupId })]);
      expect(slept).toHaveLength(1);
    });
  });

  it('is asked when the first does not accept a connection in time', async () => {
    await withSilence(async (endpoint) => {
      await withServer([noTopics], async (backup) => {
        const { client } = clientOf(endpoint, { backup: backup.endpoint, timeoutMs: 2000 });
        expect((await client.getTopics({ groupId })).topics).toEqual([]);
      });
    });
  });

  it('waits for its slot in the budget like any other attempt', async () => {
    const endpoint = await refusing();
    await withServer([noTopics], async (backup) => {
      let slots = 0;
      const gate = async () => {
        slots += 1;
        return undefined;
      };
      await clientOf(endpoint, { backup: backup.endpoint, gate }).client.getTopics({ groupId });
      expect(slots).toBe(2);
    });
  });

  it('stays the one that is called, and the first is looked at again once a minute', async () => {
    const endpoint = await refusing();
    let time = 0;
    await withServer([noTopics, noTopics, noTopics, noTopics], async (backup) => {
      const { client, slept } = clientOf(endpoint, { backup: backup.endpoint, now: () => time });
      await client.getTopics({ groupId });
      await client.getTopics({ groupId });
      expect(slept).toHaveLength(1);
      time += 60_000;
      await client.getTopics({ groupId });
      expect(slept).toHaveLength(2);
      await client.getTopics({ groupId });
      expect(slept).toHaveLength(2);
    });
  });

  it('is left once the first answers again', async () => {
    const endpoint = await refusing();
    let time = 0;
    await withServer([noTopics], async (backup) => {
      const { client } = clientOf(endpoint, { backup: backup.endpoint, now: () => time });
      await client.getTopics({ groupId });
      let answered = 0;
      const first = createServer((_request, response) => {
        answered += 1;
        response.end(JSON.stringify(noTopics));
      });
      await new Promise<void>((resolve) => first.listen(portOf(endpoint), '127.0.0.1', resolve));
      time += 60_000;
      await client.getTopics({ groupId });
      await client.getTopics({ groupId });
      expect(answered).toBe(2);
      first.closeAllConnections();
      await new Promise((resolve) => first.close(resolve));
    });
  });

  it.each([
    ['an error code', fail(60008), /60008/],
    ['HTML instead of JSON', '<html>', /not JSON/],
  ])('is not asked after an answer that is %s', async (_what, answer, says) => {
    await withServer([answer, answer], async (first) => {
      await withServer([], async (backup) => {
        const retry = { attempts: 2 };
        const { client } = clientOf(first.endpoint, { backup: backup.endpoint, retry });
        expect((await failureOf(client.getTopics({ groupId }))).message).toMatch(says);
        expect(first.seen).toHaveLength(2);
      });
    });
  });

  it('is not asked when the first has taken the call and does not answer', async () => {
    await withServer([() => {}, () => {}], async (first) => {
      await withServer([], async (backup) => {
        const { client } = clientOf(first.endpoint, {
          backup: backup.endpoint,
          retry: { attempts: 2 },
          timeoutMs: 2000,
        });
        expect((await failureOf(client.getTopics({ groupId }))).message).toMatch(/did not answer in 2000 ms/);
      });
    });
  });

  it('is not asked because a deadline has left no time to connect to the first', async () => {
    await withSilence(async (endpoint) => {
      await withServer([], async (backup) => {
        const { client } = clientOf(endpoint, { backup: backup.endpoint });
        const error = await failureOf(client.getTopics({ groupId }, { deadline: Date.now() + 50 }));
        expect(error).toMatchObject({ unreachable: false, mayHaveHappened: false });
      });
    });
  });

  it('that cannot be reached either is named beside the first', async () => {
    const [endpoint, backup] = [await refusing(), await refusing()];
    const error = await failureOf(clientOf(endpoint, { backup }).client.getTopics({ groupId }));
    expect(error).toMatchObject({
      reason: `${new URL(endpoint).host} refused the connection; the backup: ${new URL(backup).host} refused the connection`,
      mayHaveHappened: false,
    });
  });

  it('may be no host that a signature must not go to', async () => {
    expect(() => clientOf('https://chat.example', { backup: 'http://chat.example' })).toThrow(/plain http/);
  });
});

describe('import_topic without an id', () => {
  const topic = { groupId, topicName: 'a' };

  it('is sent to the backup when no connection to the first was made', async () => {
    const endpoint = await refusing();
    await withServer([ok({ TopicId: 't' })], async (backup) => {
      const { client } = clientOf(endpoint, { backup: backup.endpoint });
      expect(await client.importTopic(topic)).toEqual({ topicId: 't' });
    });
  });

  it('is not sent to the backup when the first may have carried it out', async () => {
    await withServer([(_response, request) => request.socket.resetAndDestroy()], async (first) => {
      await withServer([], async (backup) => {
        const { client } = clientOf(first.endpoint, { backup: backup.endpoint });
        expect(await failureOf(client.importTopic(topic))).toMatchObject({ mayHaveHappened: true });
      });
    });
  });
});
