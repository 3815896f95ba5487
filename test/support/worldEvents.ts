import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Parts } from '../../lambdas/parts/index.ts';
import { createSyncCommunityHandler } from '../../lambdas/sync-community/handler.ts';
import { invocationContext } from '../../local/invocation.ts';
import type { CommunityMessage } from '../../shared/messages.ts';

export const RUN = '2026-11-22T02:00:00.000Z';
export const NEXT_RUN = '2026-11-23T02:00:00.000Z';

/** A batch as the event source delivers it. Bodies that are not text are sent as JSON. */
export function sqsEvent(...bodies: unknown[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `handle-${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: '',
      awsRegion: '',
    })),
  };
}

export function communityMessage(
  { app }: Pick<Parts, 'app'>,
  groupId: string,
  more: Partial<CommunityMessage> = {},
): CommunityMessage {
  return { v: 1, sdkAppId: app.sdkAppId, runId: RUN, groupId, reason: 'listed', ...more };
}

/** Delivers communities to a new consumer. @returns the indexes of the records that it failed */
export async function sync(parts: Parts, groupIds: readonly string[], runId = RUN): Promise<number[]> {
  return deliver(parts, ...groupIds.map((groupId) => communityMessage(parts, groupId, { runId })));
}

/** Delivers one batch to a new consumer. @returns the indexes of the records that it failed */
export async function deliver(parts: Parts, ...bodies: unknown[]): Promise<number[]> {
  const { batchItemFailures } = await invokeSync(parts, sqsEvent(...bodies));
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.replace('message-', '')));
}

export async function invokeSync(
  parts: Parts,
  event: SQSEvent,
  context = lambdaContext(),
): Promise<SQSBatchResponse> {
  return (await createSyncCommunityHandler(parts)(event, context)) as unknown as SQSBatchResponse;
}

export function lambdaContext(timeoutMs = 30_000): Context {
  return invocationContext(timeoutMs);
}
