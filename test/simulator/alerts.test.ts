import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LIST, someCommunity, start } from './support.ts';

interface Heard {
  readonly query: Record<string, string>;
  readonly body: unknown;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An app's backend that hears webhooks. */
async function backend(): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const query = Object.fromEntries(new URL(request.url ?? '', 'http://x').searchParams);
    heard.push({ query, body: JSON.parse(await text(request)) });
    response.end('{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('an API that is called too often', () => {
  it('is told of at the app’s callback URL once it passes 80 % of its limit, though no call is refused', async () => {
    const { url: callbackUrl, heard } = await backend();
    const { simulator, getTopic } = await start({ rateLimits: { topicPerSecond: 50 }, callbackUrl });
    const groupId = someCommunity(simulator);
    await Promise.all(Array.from({ length: 40 }, () => getTopic(groupId)));
    expect(simulator.stats().apps[0]?.apis.get_topic).toMatchObject({ calls: 40, alerts: 0 });
    await getTopic(groupId);
    await until(() => heard.length > 0);
    expect(simulator.stats().apps[0]?.apis.get_topic).toMatchObject({ refused: 0, alerts: 1 });
    expect(heard).toEqual([
      {
        query: {
          SdkAppid: '1400000000',
          CallbackCommand: 'Alert.RequestOverLimit',
          contenttype: 'json',
        },
        body: {
          CallbackCommand: 'Alert.RequestOverLimit',
          ServiceName: 'million_group_open_http_svc',
          Command: 'get_topic',
          Request: 41,
          Limit: 50,
        },
      },
    ]);
  });

  it('is told of once for all the calls of a while, and where nobody listens nothing else happens', async () => {
    const options = { rateLimits: { listPerSecond: 5 }, callbackUrl: 'http://127.0.0.1:1/' };
    const { simulator, call } = await start(options);
    for (let calls = 0; calls < 20; calls++) await call(LIST, {});
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list.alerts).toBe(1);
    expect((await call(LIST, {})).ErrorCode).toBe(10006);
  });
});
