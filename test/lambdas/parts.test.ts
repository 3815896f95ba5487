import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { partsFrom } from '../../lambdas/parts/index.ts';
import { ConfigError, ENV, type Environment } from '../../shared/config.ts';
import { createLogger } from '../../shared/logger.ts';
import type { MetricName } from '../../shared/metrics.ts';
import { createSimulator, type Simulator } from '../../simulator/index.ts';
import { createWorld, NO_LIMITS, type World } from '../support/world.ts';

const ENVIRONMENT: Environment = {
  [ENV.sdkAppId]: '1400000000',
  [ENV.secretId]: 'the-secret',
  [ENV.region]: 'singapore',
  [ENV.table]: 'mirror',
  [ENV.communitiesQueue]: 'http://localhost/communities',
  [ENV.closingQueue]: 'http://localhost/closing',
};

describe('wiring from the environment', () => {
  it.each([ENV.sdkAppId, ENV.secretId, ENV.table, ENV.communitiesQueue, ENV.closingQueue])(
    'says in one line that %s is missing, before any call',
    (name) => {
      const missing = () => partsFrom({ ...ENVIRONMENT, [name]: '' });
      expect(missing).toThrow(ConfigError);
      expect(missing).toThrow(new RegExp(`^${name} is not set; set it to [^\n]+$`));
    },
  );

  it('says which region or endpoint is wrong', () => {
    expect(() => partsFrom({ ...ENVIRONMENT, [ENV.region]: 'atlantis' })).toThrow(/atlantis/);
    expect(() => partsFrom({ ...ENVIRONMENT, [ENV.endpoint]: 'http://example.com' })).toThrow(/http/);
  });

  it('reads the settings of the app, with their defaults', () => {
    expect(partsFrom(ENVIRONMENT).app).toEqual({
      sdkAppId: 1400000000,
      identifier: 'administrator',
      fromAccount: 'administrator',
      callsPerSecond: 155,
      callers: 11,
      activityDays: 400,
      counters: [],
    });
  });
});

describe('what is counted', () => {
  let world: World;
  afterEach(() => world.close());

  it('is every 110003 and 10010 that the API answers, by code, as soon as it is answered', async () => {
    world = await createWorld({ communities: 1, topicsPerCommunity: 3 });
    const app = world.simulator.app();
    const [groupId = ''] = app.communityIds();
    const { TopicId } = app.createTopic(groupId);
    const topicId = String(TopicId);
    app.deleteTopic(groupId, topicId);
    const { chat, counts } = counting(world);
    await chat.getTopics({ groupId, topicIds: [topicId] });
    await expect(chat.getTopics({ groupId: '@TGS#_gone' })).rejects.toThrow('10010');
    expect(
      counts('DeletedTopicErrors').map(({ Code, DeletedTopicErrors }) => [Code, DeletedTopicErrors]),
    ).toEqual([
      ['110003', 1],
      ['10010', 1],
    ]);
  });

  it('is every answer that calls come too fast', async () => {
    let refusals = 2;
    const answer = { body: '{"ActionStatus":"FAIL","ErrorCode":10006,"ErrorInfo":""}' };
    world = await createWorld({ communities: 1, intercept: () => (refusals-- > 0 ? answer : undefined) });
    const { chat, counts } = counting(world);
    await chat.getTopics({ groupId: world.simulator.app().communityIds()[0] as string });
    expect(counts('RateLimitedAnswers')).toMatchObject([
      { RateLimitedAnswers: 1 },
      { RateLimitedAnswers: 1 },
    ]);
  });

  it('is every slot that a consumer came too late for, gathered over seconds', async () => {
    world = await createWorld({ communities: 1 });
    const { chat, counts } = counting(world);
    const [groupId = ''] = world.simulator.app().communityIds();
    const calls = Array.from({ length: 40 }, () => chat.getTopics({ groupId }));
    await Promise.race(calls);
    for (let stall = 0; stall < 2; stall++) {
      // Nothing else gets its turn meanwhile, as on a processor that is held by others.
      const until = Date.now() + 300;
      while (Date.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(calls);
    expect(counts('DroppedSlots')[0]?.['DroppedSlots']).toBeGreaterThan(0);
  });

  it('is nothing without a namespace, as on a laptop', async () => {
    world = await createWorld({ communities: 1 });
    const { chat, lines } = counting(world, '');
    await expect(chat.getTopics({ groupId: '@TGS#_gone' })).rejects.toThrow('10010');
    expect(lines('api.error')).toHaveLength(1);
    expect(lines('metrics')).toEqual([]);
  });

  /** The parts of a deployed function whose log is kept. */
  function counting({ simulator, url, parts }: World, namespace = 'TopicMirror/test') {
    const log: Record<string, unknown>[] = [];
    const logger = createLogger((line) => log.push(JSON.parse(line) as Record<string, unknown>));
    const { sdkAppId, secretKey } = simulator.defaults;
    const env = {
      ...ENVIRONMENT,
      [ENV.sdkAppId]: String(sdkAppId),
      [ENV.endpoint]: url,
      [ENV.table]: parts.store.table,
      [ENV.metricsNamespace]: namespace,
    };
    const { chat } = partsFrom(env, {
      dynamodb: parts.store.client,
      logger,
      secretKey: async () => secretKey,
    });
    const lines = (event: string) => log.filter((line) => line['event'] === event);
    return { chat, lines, counts: (name: MetricName) => lines('metrics').filter((line) => name in line) };
  }
});

describe('the secret key', () => {
  const saved = { ...process.env };
  let secrets: Server;
  let answers: { status: number; body: object }[];
  let reads: number;
  let simulator: Simulator;
  let world: World;

  beforeAll(async () => {
    secrets = createServer((_request, response) => {
      reads += 1;
      const { status, body } = answers.shift() ?? { status: 500, body: {} };
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
    secrets.listen(0, '0.0.0.0');
    await once(secrets, 'listening');
    world = await createWorld({ communities: 0 });
  });

  beforeEach(() => {
    reads = 0;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
    });
  });

  afterEach(async () => {
    process.env = { ...saved };
    await simulator.close();
  });

  afterAll(async () => {
    secrets.closeAllConnections();
    secrets.close();
    await world.close();
  });

  it('is read from Secrets Manager once, however many calls are signed with it', async () => {
    const chat = await chatSignedWith([secret('the-key\n')]);
    await Promise.all([ask(chat), ask(chat), ask(chat)]);
    await ask(chat);
    expect(reads).toBe(1);
  });

  it('is read again when Tencent refuses what was signed with it, as after a rotation', async () => {
    const chat = await chatSignedWith([secret('the-old-key'), secret('the-key')]);
    await ask(chat);
    expect(reads).toBe(2);
  });

  it('is read again after it could not be read, so that one hiccup does not spoil an environment', async () => {
    const chat = await chatSignedWith([
      { status: 400, body: { __type: 'ThrottlingException' } },
      secret('the-key'),
    ]);
    await expect(ask(chat)).rejects.toThrow();
    await ask(chat);
    expect(reads).toBe(2);
  });

  it('that holds no text is named by its variable, not by its content', async () => {
    const chat = await chatSignedWith([secret('')]);
    await expect(ask(chat)).rejects.toThrow(`the secret that ${ENV.secretId} names holds no text`);
  });

  it.each(['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL'])(
    'is not fetched in plain http from another machine, whatever %s says',
    async (variable) => {
      delete process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'];
      // Leads to this machine, and is no loopback address: what is sent would arrive.
      process.env[variable] = `http://0.0.0.0:${(secrets.address() as AddressInfo).port}`;
      const chat = await chatSignedWith([secret('the-key')]);
      await expect(ask(chat)).rejects.toThrow(
        /^secrets are not fetched from 0\.0\.0\.0 in plain http; set AWS_ENDPOINT_URL_SECRETS_MANAGER/,
      );
      expect(reads).toBe(0);
    },
  );

  function secret(SecretString: string) {
    return { status: 200, body: { SecretString } };
  }

  async function chatSignedWith(scripted: typeof answers) {
    answers = scripted;
    simulator = createSimulator({ communities: 1, secretKey: 'the-key', rateLimits: NO_LIMITS });
    const env = { ...ENVIRONMENT, [ENV.endpoint]: await simulator.listen() };
    return partsFrom(env, { dynamodb: world.parts.store.client }).chat;
  }

  function ask(chat: Awaited<ReturnType<typeof chatSignedWith>>) {
    return chat.getTopics({ groupId: simulator.app().communityIds()[0] as string });
  }
});
