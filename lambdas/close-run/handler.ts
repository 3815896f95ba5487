import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { withLogIds } from '../../shared/logger.ts';
import {
  type ClosingMessage,
  type CommunityMessage,
  closingMessage,
  communityMessages,
  parseClosingMessage,
} from '../../shared/messages.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import { sendAll, sendOne } from '../../shared/queue/send.ts';
import type { Limits } from '../../shared/sync/guard.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { partialBatch } from '../middleware/partialBatch.ts';
import { type BaseParts, meteredCatalog } from '../parts/base.ts';
import type { QueueParts } from '../parts/queues.ts';
import { closeRun } from './closeRun.ts';

type Parts = BaseParts & QueueParts & { readonly limits: Limits };

/** The longest wait between two looks: a look costs two cheap requests. */
const LONGEST_WAIT_SECONDS = 60;

/**
 * The wait after an empty look at a run with open communities: SQS's counts are right about a minute after the last
 * message was sent (docs.aws.amazon.com, GetQueueAttributes), and three empty looks end the run without them.
 */
const EMPTY_WAIT_SECONDS = 30;

function secondsToDrain(depth: number, callsPerSecond: number): number {
  return Math.min(Math.max(1, Math.ceil(depth / callsPerSecond)), LONGEST_WAIT_SECONDS);
}

/** A listing is looked at again after a quarter of its time so far: one that has been abandoned is not asked after 1,800 times. */
function patience(listingForMs = 0): number {
  return Math.min(Math.round(listingForMs / 4000), LONGEST_WAIT_SECONDS);
}

/** Looks whether a run has ended; closes it, or wakes itself again later. */
export function createCloseRunHandler(parts: Parts) {
  const look = async ({ body }: SQSRecord) => {
    const message = parseClosingMessage(body);
    return withLogIds({ runId: message.runId }, () => lookAtRun(parts, message));
  };
  return middy(
    traced(async (event: SQSEvent, _context: Context) => Promise.allSettled(event.Records.map(look))),
  )
    .use(partialBatch(parts.logger))
    .use(invocationLog(parts.logger));
}

async function lookAtRun(parts: Parts, { runId, emptyLooks }: ClosingMessage): Promise<void> {
  const { sdkAppId, callsPerSecond } = parts.app;
  const { catalog, units } = meteredCatalog(parts);
  const enqueue = (ids: Omit<CommunityMessage, 'v' | 'sdkAppId' | 'groupId'>, groupIds: readonly string[]) =>
    sendAll(parts.communitiesQueue, communityMessages({ sdkAppId, ...ids }, groupIds));
  const result = await closeRun(
    {
      catalog,
      units,
      now: parts.now,
      depth: () => depthOf(parts.communitiesQueue),
      enqueueUnlisted: (id, groupIds) => enqueue({ runId: id, reason: 'unlisted' }, groupIds),
      enqueueConfirmed: (id, groupIds, judgedAt) =>
        enqueue({ runId: id, reason: 'confirmed', judgedAt }, groupIds),
      limits: parts.limits,
    },
    runId,
    emptyLooks,
  );
  if (result.closed) return parts.logger.info('run.closed', { summary: result.summary });
  await catalog.chargeRun(runId, units);
  const working = Math.max(secondsToDrain(result.depth, callsPerSecond), patience(result.listingForMs));
  const delay = result.emptyLooks > 0 ? EMPTY_WAIT_SECONDS : working;
  const again = closingMessage({ sdkAppId, runId, emptyLooks: result.emptyLooks });
  await sendOne(parts.closingQueue, again, delay);
}
