import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { closingMessage, communityMessages, parseClosingMessage } from '../../shared/messages.ts';
import { depthOf } from '../../shared/queue/depth.ts';
import { sendAll, sendOne } from '../../shared/queue/send.ts';
import { invocationLog } from '../middleware/invocationLog.ts';
import { partialBatch } from '../middleware/partialBatch.ts';
import { type BaseParts, meteredCatalog } from '../parts/base.ts';
import type { QueueParts } from '../parts/queues.ts';
import { closeRun } from './closeRun.ts';

type Parts = BaseParts & QueueParts;

/** The longest wait between two looks: a look costs two cheap requests. */
const LONGEST_WAIT_SECONDS = 60;

/** Looks whether a run has ended; closes it, or wakes itself again later. */
export function createCloseRunHandler(parts: Parts) {
  return middy(async (event: SQSEvent, _context: Context) =>
    Promise.allSettled(event.Records.map((record) => lookAtRun(parts, record))),
  )
    .use(partialBatch(parts.logger))
    .use(invocationLog(parts.logger));
}

async function lookAtRun(parts: Parts, record: SQSRecord): Promise<void> {
  const { runId, emptyLooks } = parseClosingMessage(record.body);
  const { sdkAppId, callsPerSecond } = parts.app;
  const { catalog, units } = meteredCatalog(parts);
  const result = await closeRun(
    {
      catalog,
      units,
      now: parts.now,
      depth: () => depthOf(parts.communitiesQueue),
      enqueueUnlisted: (id, groupIds) =>
        sendAll(
          parts.communitiesQueue,
          communityMessages({ sdkAppId, runId: id, reason: 'unlisted' }, groupIds),
        ),
    },
    runId,
    emptyLooks,
  );
  if (result.closed) return parts.logger.info('run.closed', { runId, summary: result.summary });
  await catalog.chargeRun(runId, units);
  const delay = Math.min(Math.max(1, Math.ceil(result.depth / callsPerSecond)), LONGEST_WAIT_SECONDS);
  const again = closingMessage({ sdkAppId, runId, emptyLooks: result.emptyLooks });
  await sendOne(parts.closingQueue, again, delay);
}
