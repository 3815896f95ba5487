import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { createAnnounceRunHandler } from '../../../lambdas/announce-run/handler.ts';
import { createPublishChangesHandler } from '../../../lambdas/publish-changes/handler.ts';
import { busFrom } from '../../../lambdas/publish-changes/parts.ts';
import { openStore } from '../../../local/servers.ts';
import { ENV } from '../../../shared/config.ts';
import { createLogger } from '../../../shared/logger.ts';
import { record } from '../../lambdas/publish-changes/records.ts';
import { lambdaContext } from '../../support/worldEvents.ts';
import type { Place } from './findSecrets.ts';

/**
 * What a store holds, item by item, and what a deployment would have told of it: its functions' events, messages and
 * log lines.
 */
export async function toldOf(dataDir: string): Promise<Place[]> {
  const opened = await openStore({ [ENV.dataDir]: dataDir });
  const store = { client: opened.client, table: opened.table };
  const lines: string[] = [];
  const events: string[] = [];
  const messages: string[] = [];
  const logger = createLogger((line) => lines.push(line));
  try {
    const items = await itemsOf(store.client, store.table);
    const bus = {
      send: async ({ input }: { input: { Entries: { Detail: string }[] } }) => {
        events.push(...input.Entries.map(({ Detail }) => Detail));
        return { Entries: input.Entries.map(() => ({ EventId: '1' })) };
      },
    };
    const publish = createPublishChangesHandler(
      busFrom({ [ENV.eventBus]: 'bus' }, { eventbridge: bus as unknown as EventBridgeClient, logger }),
    );
    await publish({ Records: items.flatMap(recordsOf) } as DynamoDBStreamEvent, lambdaContext());
    const sns = { send: async ({ input }: { input: object }) => messages.push(JSON.stringify(input)) };
    const announce = createAnnounceRunHandler({
      store,
      sns: sns as unknown as SNSClient,
      topicArn: 'arn:aws:sns:us-east-1:000000000000:summaries',
      stack: 'Test',
      logger,
      sleep: async () => {},
    });
    const closed = events
      .map((event) => JSON.parse(event) as { summary?: object })
      .filter(({ summary }) => summary);
    for (const detail of closed) await announce({ detail } as never, lambdaContext());
    return [
      { name: 'the items', content: JSON.stringify(items) },
      { name: 'the events', content: events.join('\n') },
      { name: 'the messages to people', content: messages.join('\n') },
      { name: 'the log of the functions', content: lines.join('\n') },
    ];
  } finally {
    await opened.close();
  }
}

type Item = Record<string, AttributeValue>;

async function itemsOf(client: DynamoDBClient, TableName: string): Promise<Item[]> {
  const pages = await Array.fromAsync(paginateScan({ client }, { TableName }));
  return pages.flatMap(({ Items = [] }) => Items);
}

/** What the stream would have said of an item. */
function recordsOf(item: Item) {
  const [type, status] = [item['itemType']?.S, item['status']?.S];
  if (type === 'change') return [record('INSERT', { NewImage: item })];
  if (type !== 'run' || status === 'RUNNING') return [];
  return [record('MODIFY', { NewImage: item, OldImage: { ...item, status: { S: 'RUNNING' } } })];
}
