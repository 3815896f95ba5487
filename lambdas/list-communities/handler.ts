import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { ChatError, isAuthenticationFailure } from '../../shared/chat/index.ts';
import { withLogIds } from '../../shared/logger.ts';
import { closingMessage, communityMessages } from '../../shared/messages.ts';
import { METRICS } from '../../shared/metrics.ts';
import { sendAll, sendOne } from '../../shared/queue/send.ts';
import { invocationLog, traced } from '../middleware/invocationLog.ts';
import { meteredCatalog, patient } from '../parts/base.ts';
import type { Parts } from '../parts/index.ts';
import { createCallMeter, type EnumerateOutcome, enumerate } from './enumerate.ts';

/** The schedule's payload. The run id comes from the scheduled time, so that a second delivery is the same run. */
const ScheduledEvent = v.object({ scheduledTime: v.pipe(v.string(), v.isoTimestamp()) });

export type ScheduledEvent = v.InferOutput<typeof ScheduledEvent>;

/** The deadline came before the last page. Thrown so that the platform delivers the event again. */
export class ListingUnfinishedError extends Error {
  override readonly name = 'ListingUnfinishedError';
}

/** What a delivery of the schedule's event came to. */
export interface Listing {
  readonly outcome: EnumerateOutcome;
  /** Listed communities that are not asked for in this run: a person knows why they fail. */
  readonly rested: number;
}

/** Time kept back at the end of an invocation for the ledger. */
const RESERVE_MS = 5_000;

/** Lists the app's communities and queues them for the consumers; wakes close-run, which ends the run. */
export function createListCommunitiesHandler(parts: Parts) {
  return middy(
    traced(async (event: unknown, context: Context) => {
      const { scheduledTime } = v.parse(ScheduledEvent, event);
      const runId = new Date(scheduledTime).toISOString();
      const deadline = parts.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
      return withLogIds({ runId }, () => listCommunities(patient(parts, deadline), runId, deadline));
    }),
  ).use(invocationLog(parts.logger));
}

async function listCommunities(parts: Parts, runId: string, deadline: number): Promise<Listing> {
  const { logger } = parts;
  const { sdkAppId } = parts.app;
  const { catalog, units } = meteredCatalog(parts);
  const meter = createCallMeter();
  const startedAt = parts.now();
  const resting = await catalog.restingCommunities(startedAt);
  let rested = 0;
  let outcome: EnumerateOutcome | 'halted' = 'halted';
  try {
    outcome = await enumerate(
      {
        catalog,
        now: parts.now,
        wakeCloser: () => wakeCloser(parts, runId),
        listPage: ({ limit, next }) =>
          parts.chat.listGroups({ limit, next, groupType: 'Community' }, { deadline, meter }),
        enqueue: (id, groupIds) => {
          const asked = groupIds.filter((groupId) => !resting.has(groupId));
          rested += groupIds.length - asked.length;
          return sendAll(
            parts.communitiesQueue,
            communityMessages({ sdkAppId, runId: id, reason: 'listed' }, asked),
          );
        },
      },
      runId,
      deadline,
    );
  } catch (error) {
    // What may pass is thrown on: the platform delivers the event again, and the listing resumes.
    if (!(error instanceof ChatError) || error.treatment === 'retry' || error.treatment === 'slow-down')
      throw error;
    const failure = { message: error.message, ...('code' in error && { code: Number(error.code) }) };
    await catalog.haltRun(runId, failure);
    logger.error('run.halted', failure);
    if ('code' in error && isAuthenticationFailure(Number(error.code))) {
      parts.metrics.count({ [METRICS.authenticationFailures]: 1 });
    }
  } finally {
    const { calls: listCalls, retries, rateLimited } = meter;
    await catalog.chargeRun(runId, { listCalls, retries, rateLimited, ...units });
  }
  logger.info('communities.listed', { outcome, durationMs: parts.now() - startedAt, ...meter });
  if (outcome === 'stopped')
    throw new ListingUnfinishedError(`run ${runId}: the listing goes on in the next delivery`);
  return { outcome: outcome === 'halted' ? 'closed' : outcome, rested };
}

/** Wakes close-run for the first time; it wakes itself from then on. A second waking only has it look twice. */
async function wakeCloser({ app, closingQueue }: Parts, runId: string): Promise<void> {
  await sendOne(closingQueue, closingMessage({ sdkAppId: app.sdkAppId, runId, emptyLooks: 0 }), 1);
}
