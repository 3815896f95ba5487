import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { EVENTBRIDGE } from '../../../lambdas/publish-changes/parts.ts';
import { LOCAL_ACCOUNT } from '../../support/localAccount.ts';

/** An entry of a request, as it is on the wire. */
export interface SentEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  /** Epoch seconds. */
  readonly Time: number;
  readonly Resources: readonly string[];
}

/** What the server makes of a request: a verdict an entry, or how the request fails as a whole. */
export type Answer =
  | readonly ('taken' | { readonly ErrorCode: string; readonly ErrorMessage?: string })[]
  | { readonly status: number; readonly type: string }
  | 'hang up';

export interface BusServer {
  readonly client: EventBridgeClient;
  /** The requests, in order. */
  readonly requests: readonly (readonly SentEntry[])[];
  close(): Promise<void>;
}

/**
 * Plays EventBridge for the real client, with the limits that PutEvents documents.
 * @param answer by default every entry is taken
 */
export async function openBus(
  answer: (entries: readonly SentEntry[], nth: number) => Answer = (entries) => entries.map(() => 'taken'),
): Promise<BusServer> {
  const requests: SentEntry[][] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents') throw new Error('not taught that');
    const { Entries } = JSON.parse(body) as { Entries: SentEntry[] };
    requests.push(Entries);
    const verdict = isWithinLimits(Entries)
      ? answer(Entries, requests.length)
      : { status: 400, type: 'ValidationException' };
    if (verdict === 'hang up') return void response.destroy();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if ('status' in verdict) {
      response.statusCode = verdict.status;
      return void response.end(JSON.stringify({ __type: verdict.type, message: 'as scripted' }));
    }
    const results = verdict.map((one, index) => (one === 'taken' ? { EventId: `event-${index}` } : one));
    const FailedEntryCount = verdict.filter((one) => one !== 'taken').length;
    response.end(JSON.stringify({ FailedEntryCount, Entries: results }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new EventBridgeClient({ ...EVENTBRIDGE, ...LOCAL_ACCOUNT, endpoint });
  return {
    client,
    requests,
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** docs.aws.amazon.com, API_PutEvents: at most ten entries, 256 kB together. */
function isWithinLimits(entries: readonly SentEntry[]): boolean {
  const texts = entries.flatMap((entry) => [
    entry.Source,
    entry.DetailType,
    entry.Detail,
    ...entry.Resources,
  ]);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 14 * entries.length);
  return entries.length >= 1 && entries.length <= 10 && bytes < 256 * 1024;
}
