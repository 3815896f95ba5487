import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  createSimulator,
  type InterceptedCall,
  type Interception,
  type SimulatorOptions,
} from '../../simulator/index.ts';
import { createLatency } from '../../simulator/latency.ts';
import { IMPORT, LIST, sign, someCommunity, start } from './support.ts';

describe('createSimulator', () => {
  it.each([
    ['communities', { communities: -1 }],
    ['seed', { seed: 0.5 }],
    ['topicsPerCommunity', { topicsPerCommunity: 201 }],
    ['rateLimits.listPerSecond', { rateLimits: { listPerSecond: 0 } }],
    ['rateLimits.code', { rateLimits: { code: 10002 } }],
    ['latency.medianMs', { latency: { medianMs: -1 } }],
    ['comunities', { comunities: 5 }],
    ['otherApps', { otherApps: [{ sdkAppId: 1_400_000_000, secretKey: 'k' }] }],
  ])('names the option %s when it is wrong', (name, options) => {
    expect(() => createSimulator(options as SimulatorOptions)).toThrow(name);
  });

  it('says so when the port is taken', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(createSimulator().listen(port)).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
  });

  it('listens on the loopback interface, and can do so again after it was closed', async () => {
    const { url, simulator } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await simulator.close();
    await expect(fetch(url)).rejects.toThrow();
    expect((await fetch(await simulator.listen())).status).toBe(404);
  });

  it('closes at once although clients keep connections alive or wait for an answer', async () => {
    const { simulator, call } = await start({ latency: { medianMs: 60_000, sigma: 0 } });
    const waiting = call(LIST, {}).catch((error: Error) => error.message);
    while (simulator.stats().apps[0]?.apis.get_appid_group_list.calls === 0) await new Promise(setImmediate);
    const startedAt = performance.now();
    await simulator.close();
    expect(await waiting).toBe('fetch failed');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('takes as long as the latency says before it answers', async () => {
    const { call } = await start({ latency: { medianMs: 40, sigma: 0 } });
    const startedAt = performance.now();
    await call(LIST, {});
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
  });

  it('draws latencies from the seed, half of them below the median', () => {
    const draw = (seed: number) =>
      Array.from({ length: 1000 }, createLatency({ medianMs: 50, sigma: 0.5 }, seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(2)).not.toEqual(draw(1));
    expect(draw(1).filter((ms) => ms < 50).length / 1000).toBeCloseTo(0.5, 1);
  });

  it('serves several apps, each with its own state and key', async () => {
    const other = { sdkAppId: 1_400_000_001, secretKey: 'b'.repeat(64), identifier: 'root', communities: 3 };
    const { call, simulator } = await start({ otherApps: [other] });
    const query = {
      sdkappid: '1400000001',
      identifier: 'root',
      usersig: sign(other.sdkAppId, other.secretKey, 'root'),
    };
    const listed = (await call(LIST, { GroupType: 'Community' }, query)).GroupIdList.map(
      ({ GroupId }) => GroupId,
    );
    expect(listed).toEqual(simulator.app(1_400_000_001).communityIds());
    expect(simulator.app().communityIds()).not.toContain(listed[0]);
    expect(() => simulator.app(5)).toThrow('no app 5');
  });

  it('stands alone: nothing but node, pure-rand and valibot', () => {
    const folder = new URL('../../simulator/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    for (const file of files) {
      const source = readFileSync(new URL(file, folder), 'utf8');
      for (const [, name = ''] of source.matchAll(/from '([^']+)'/g)) {
        const own = name.startsWith('.') && new URL(name, new URL(file, folder)).href.startsWith(folder.href);
        expect([file, name, own || /^(node:|pure-rand\/|valibot$)/.test(name)]).toEqual([file, name, true]);
      }
    }
    expect(files.length).toBeGreaterThan(20);
  });
});

describe('intercept', () => {
  const startWith = (decide: (call: InterceptedCall) => Interception | 'default' | undefined) =>
    start({ intercept: decide });
  const topicOf = (GroupId: string) => ({ GroupId, TopicId: `${GroupId}@TOPIC#_new`, TopicName: 'New' });

  it('sees each call with its app, body and number of earlier attempts', async () => {
    const seen: InterceptedCall[] = [];
    const { call } = await startWith((intercepted) => {
      seen.push(intercepted);
      return seen.length % 2 ? undefined : 'default';
    });
    for (const Limit of [1, 1, 2]) expect((await call(LIST, { Limit })).ErrorCode).toBe(0);
    expect(seen.map(({ attemptIndex }) => attemptIndex)).toEqual([0, 1, 0]);
    expect(seen[2]).toMatchObject({
      api: 'get_appid_group_list',
      sdkAppId: 1_400_000_000,
      body: { Limit: 2 },
    });
  });

  it('can answer anything, such as a 502 in HTML, and is counted', async () => {
    const { url, simulator, call } = await startWith(() => ({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<html>',
    }));
    await expect(call(LIST, {})).rejects.toThrow('HTTP 502');
    expect(simulator.stats().apps[0]?.apis.get_appid_group_list).toMatchObject({
      calls: 1,
      intercepted: 1,
      codes: {},
    });
    expect((await fetch(`${url}/simulator`)).status).toBe(200);
  });

  it('can send broken JSON', async () => {
    const { text } = await startWith(() => ({ body: '{"ActionStatus":"OK","Gro' }));
    expect(await text(LIST, {})).toBe('{"ActionStatus":"OK","Gro');
  });

  it('can delay the usual answer', async () => {
    const { call } = await startWith(() => ({ delayMs: 40 }));
    const startedAt = performance.now();
    expect((await call(LIST, {})).ErrorCode).toBe(0);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
  });

  it('can close the connection before the call has an effect, or after it', async () => {
    const { call, simulator } = await startWith(({ attemptIndex }) => ({
      destroySocket: true,
      performFirst: attemptIndex === 1,
    }));
    const body = topicOf(someCommunity(simulator));
    const exists = () =>
      simulator
        .app()
        .topics(body.GroupId)
        .some(({ TopicId }) => TopicId === body.TopicId);
    await expect(call(IMPORT, body)).rejects.toThrow('fetch failed');
    expect(exists()).toBe(false);
    await expect(call(IMPORT, body)).rejects.toThrow('fetch failed');
    expect(exists()).toBe(true);
  });
});
