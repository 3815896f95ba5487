import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { openLocalMirror } from '../../cli/sync.ts';
import { partsFrom } from '../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../lambdas/sync-community/handler.ts';
import { invocationContext } from '../../local/invocation.ts';
import { ENV, readSdkAppId, readSecretKey } from '../../shared/config.ts';
import { createLogger } from '../../shared/logger.ts';
import { communityMessages } from '../../shared/messages.ts';

/** What a consumer came to hold, in MB of resident memory. */
export interface Held {
  readonly 'MB at rest': number;
  readonly 'MB, first night': number;
  readonly 'MB, quiet night': number;
  readonly failed: number;
}

const [groupIds = ''] = process.argv.slice(2);
const { env, store, queues, close } = await openLocalMirror(process.env);
const resources = {
  [ENV.table]: store.table,
  [ENV.communitiesQueue]: queues.urls.communities,
  [ENV.closingQueue]: queues.urls.closing,
};
const parts = partsFrom(
  { ...env, ...resources },
  {
    dynamodb: store.client,
    sqs: queues.client,
    secretKey: async () => readSecretKey(env),
    logger: createLogger(() => {}),
  },
);
const handler = createSyncCommunityHandler(parts) as unknown as (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse>;

const atRest = peakMb();
let failed = await night('2026-11-22T01:00:00.000Z');
const first = peakMb();
failed += await night('2026-11-23T01:00:00.000Z');
const held: Held = { 'MB at rest': atRest, 'MB, first night': first, 'MB, quiet night': peakMb(), failed };
await close();
console.log(JSON.stringify(held));
process.exit();

/** @returns how many communities failed */
async function night(runId: string): Promise<number> {
  const ids = { sdkAppId: readSdkAppId(env), runId, reason: 'listed' } as const;
  const Records = communityMessages(ids, groupIds.split(',')).map((body, nth) => recordOf(body, nth));
  const event: SQSEvent = { Records };
  const answer = await handler(event, invocationContext(600_000));
  return answer.batchItemFailures.length;
}

function recordOf(body: string, nth: number): SQSRecord {
  return { messageId: String(nth), body, attributes: { ApproximateReceiveCount: '1' } } as SQSRecord;
}

function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
