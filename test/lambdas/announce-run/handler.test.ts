import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventBridgeEvent } from 'aws-lambda';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { type AnnounceParts, createAnnounceRunHandler } from '../../../lambdas/announce-run/handler.ts';
import { announcePartsFrom } from '../../../lambdas/announce-run/parts.ts';
import { UnreadableEventError } from '../../../lambdas/announce-run/runClosed.ts';
import { putSnapshot } from '../../../shared/catalog/topics.ts';
import { ConfigError, ENV, type Environment } from '../../../shared/config.ts';
import { createLogger } from '../../../shared/logger.ts';
import { at, GROUP, LATER_RUN_ID, RUN_ID } from '../../builders.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';
import { useMemoryTable } from '../../support/memoryTable.ts';
import { lambdaContext } from '../../support/worldEvents.ts';
import { outcome } from '../publish-changes/records.ts';
import { tombstone } from './tombstones.ts';

const table = useMemoryTable();
let services: FauxqsServer;
let sns: SNSClient;
let topicArn: string;
let log: Record<string, unknown>[];
let waited: number[];

beforeAll(async () => {
  services = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  sns = new SNSClient({ ...LOCAL_ACCOUNT, endpoint: `http://127.0.0.1:${services.port}` });
});
afterAll(async () => {
  sns.destroy();
  await services.stop();
});

let topics = 0;
beforeEach(() => {
  topics += 1;
  ({ topicArn } = services.createTopic(`summaries-${topics}`));
  services.createQueue(`inbox-${topics}`);
  services.subscribe({ topic: `summaries-${topics}`, queue: `inbox-${topics}` });
  log = [];
  waited = [];
});

describe('the end of a run', () => {
  it('is a message to every subscriber, with attributes to choose by', async () => {
    const app = table.freshApp();
    await bury(app, tombstone());
    await announce(app, { deleted: 1 });
    expect(inbox()).toMatchObject([
      {
        Subject: `Topic Mirror ${app}: COMPLETE, 1 topic deleted`,
        MessageAttributes: {
          status: { Type: 'String', Value: 'COMPLETE' },
          sdkAppId: { Type: 'String', Value: String(app) },
          deleted: { Type: 'Number', Value: '1' },
        },
      },
    ]);
    expect(inbox()[0]?.Message).toContain(`restore --stack mirror-prod --group '${GROUP}' --topic '`);
    expect(waited).toEqual([]);
    expect(log).toMatchObject([
      { event: 'run.announced', sdkAppId: app, runId: RUN_ID, status: 'COMPLETE', deleted: 1, found: 1 },
    ]);
  });

  it('names the topics that this run of this app has deleted, and no others', async () => {
    const app = table.freshApp();
    await bury(app, tombstone({ topicId: 'ours' }));
    await bury(app, tombstone({ topicId: 'of-another-run' }, LATER_RUN_ID));
    await bury(app, tombstone({ topicId: 'of-the-past', deletedAt: at(-86_400) }));
    await bury(table.freshApp(), tombstone({ topicId: 'of-another-app' }));
    await announce(app, { deleted: 1 });
    expect(named()).toEqual(['ours']);
  });

  it('names fifty, and says how to list the others', async () => {
    const app = table.freshApp();
    for (let nth = 0; nth < 60; nth++) await bury(app, tombstone({ topicId: `topic-${nth}` }));
    await announce(app, { deleted: 60 });
    expect(named()).toHaveLength(50);
    expect(inbox()[0]?.Message).toContain('\nand 10 more: npm run -s mirror -- topics --stack mirror-prod');
    expect(inbox()[0]?.Message).not.toContain('not yet to be read');
  });

  it('reads nothing when nothing was deleted', async () => {
    const client = new DynamoDBClient({ ...LOCAL_ACCOUNT, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    await announce(table.freshApp(), {}, { store: { client, table: 'none' } });
    expect(inbox()[0]?.Message).toContain('No topic was deleted.');
  });

  it('comes twice when its event does', async () => {
    const app = table.freshApp();
    await announce(app);
    await announce(app);
    expect(inbox().map(({ Message }) => Message)).toEqual([inbox()[0]?.Message, inbox()[0]?.Message]);
    expect(inbox()).toHaveLength(2);
  });
});

describe('an index that is late', () => {
  it('is looked at again until it shows what the run counted', async () => {
    const app = table.freshApp();
    await bury(app, tombstone({ topicId: 'early' }));
    const sleep = async (ms: number) => {
      if (waited.push(ms) === 2) await bury(app, tombstone({ topicId: 'late' }));
    };
    await announce(app, { deleted: 2 }, { sleep });
    expect(named()).toEqual(['early', 'late']);
    expect(waited).toHaveLength(2);
  });

  it('is waited for a few seconds, and what is missing is said', async () => {
    const app = table.freshApp();
    await bury(app, tombstone());
    await announce(app, { deleted: 2 });
    expect(inbox()[0]?.Message).toContain('(1 of them was not yet to be read in the index)');
    expect(waited.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(5_000);
    expect(log).toMatchObject([{ event: 'run.announced', deleted: 2, found: 1 }]);
  });
});

describe('a message service that fails', () => {
  let server: Server;
  let client: SNSClient;
  let asked: number;

  /** An SNS that answers 500 so many times. */
  async function failing(times: number): Promise<void> {
    asked = 0;
    server = createServer((request, response) => {
      request.resume().on('end', () => answer(response, ++asked <= times));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new SNSClient({ ...LOCAL_ACCOUNT, endpoint, maxAttempts: 2 });
  }

  function answer(response: ServerResponse, fails: boolean): void {
    response.writeHead(fails ? 500 : 200, { 'content-type': 'text/xml' });
    const xmlns = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
    response.end(
      fails
        ? `<ErrorResponse ${xmlns}><Error><Type>Receiver</Type><Code>InternalError</Code></Error></ErrorResponse>`
        : `<PublishResponse ${xmlns}><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>`,
    );
  }

  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('once is asked again', async () => {
    await failing(1);
    await announce(table.freshApp(), {}, { sns: client });
    expect(asked).toBe(2);
    expect(log).toMatchObject([{ event: 'run.announced', messageId: 'm-1' }]);
  });

  it('for good fails the invocation, so that the event comes again', async () => {
    await failing(9);
    await expect(announce(table.freshApp(), {}, { sns: client })).rejects.toThrow();
    expect(log).toMatchObject([{ event: 'invocation.failed', level: 'error' }]);
  });
});

describe('an event that is not the end of a run', () => {
  it.each([
    ['of a later version', { version: 2 }, /^version: /],
    ['without an app', { sdkAppId: 'x' }, /^sdkAppId: /],
    ['without figures', { summary: {} }, /^summary\./],
    ['of a run that goes on', { status: 'RUNNING' }, /^status: /],
  ])('%s is refused by the name of its field', async (_what, fields, message) => {
    const detail = { version: 1, sdkAppId: 1, ...outcome(), ...fields };
    const sending = createAnnounceRunHandler(parts())(eventOf(detail), lambdaContext());
    await expect(sending).rejects.toThrow(message);
    await expect(sending).rejects.toBeInstanceOf(UnreadableEventError);
    expect(inbox()).toEqual([]);
  });
});

describe('wiring from the environment', () => {
  const environment: Environment = { [ENV.table]: 't', [ENV.summaryTopic]: 'arn', [ENV.stack]: 's' };

  it.each([ENV.table, ENV.summaryTopic, ENV.stack])('says in one line that %s is missing', (name) => {
    const missing = () => announcePartsFrom({ ...environment, [name]: '' });
    expect(missing).toThrow(ConfigError);
    expect(missing).toThrow(new RegExp(`^${name} is not set; set it to [^\n]+$`));
  });
});

const bury = (app: number, snapshot: Parameters<typeof putSnapshot>[2]) =>
  putSnapshot(table.store, app, snapshot);

function parts(substitutes: Partial<AnnounceParts> = {}): AnnounceParts {
  const env = { [ENV.table]: table.store.table, [ENV.summaryTopic]: topicArn, [ENV.stack]: 'mirror-prod' };
  const logger = createLogger((line) => log.push(JSON.parse(line) as Record<string, unknown>));
  const sleep = async (ms: number) => {
    waited.push(ms);
  };
  return {
    ...announcePartsFrom(env, { dynamodb: table.store.client, sns, logger }),
    sleep,
    ...substitutes,
  };
}

/** Delivers the event of a run that has counted so much. */
async function announce(
  app: number,
  counts: Partial<ReturnType<typeof outcome>['summary']['topics']> = {},
  substitutes: Partial<AnnounceParts> = {},
): Promise<void> {
  const ended = outcome();
  const summary = { ...ended.summary, topics: { ...ended.summary.topics, ...counts } };
  const detail = { version: 1, sdkAppId: app, ...ended, summary };
  await createAnnounceRunHandler(parts(substitutes))(eventOf(detail), lambdaContext());
}

/** An event as the bus hands it to a function. */
function eventOf(detail: object): EventBridgeEvent<string, unknown> {
  const event = {
    version: '0',
    id: 'e-1',
    'detail-type': 'Run Closed',
    source: 'topic-mirror',
    account: '123456789012',
    time: '2026-11-22T01:12:11Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  };
  return JSON.parse(JSON.stringify(event)) as EventBridgeEvent<string, unknown>;
}

interface Mail {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Record<string, { Type: string; Value: string }>;
}

/** What a subscriber has received. */
function inbox(): Mail[] {
  const { ready = [] } = services.inspectQueue(`inbox-${topics}`)?.messages ?? {};
  return ready.map(({ body }) => JSON.parse(body) as Mail);
}

/** The topics that the first message names. */
function named(): string[] {
  return Array.from(
    (inbox()[0]?.Message ?? '').matchAll(/--topic (\S+)/g),
    ([, topicId]) => topicId as string,
  );
}
