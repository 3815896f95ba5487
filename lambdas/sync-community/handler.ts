import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { type CallOptions, isAuthenticationFailure } from '../../shared/chat/index.ts';
import { errorFields } from '../../shared/logger.ts';
import {
  type CommunityMessage,
  parseCommunityMessage,
  UnreadableMessageError,
} from '../../shared/messages.ts';
import { METRICS } from '../../shared/metrics.ts';
import { invocationLog } from '../middleware/invocationLog.ts';
import { partialBatch } from '../middleware/partialBatch.ts';
import type { BaseParts } from '../parts/base.ts';
import { meteredCatalog } from '../parts/base.ts';
import type { ChatParts } from '../parts/chat.ts';
import { askTopics, inParts } from './askTopics.ts';
import type { CommunityResult } from './outcome.ts';
import { syncCommunity } from './syncCommunity.ts';
import { writeTombstones } from './writeTombstones.ts';

type Parts = BaseParts & ChatParts;

/** Time kept back at the end of an invocation for the writes that follow an answer. */
const RESERVE_MS = 10_000;

/** Mirrors the communities of a batch, all at once; each record succeeds or fails by itself. */
export function createSyncCommunityHandler(parts: Parts) {
  return middy(async (event: SQSEvent, context: Context) => {
    const deadline = parts.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const halted = createHaltLook(parts);
    return Promise.allSettled(event.Records.map((record) => syncRecord(parts, record, deadline, halted)));
  })
    .use(partialBatch(parts.logger))
    .use(invocationLog(parts.logger));
}

async function syncRecord(
  parts: Parts,
  record: SQSRecord,
  deadline: number,
  halted: HaltLook,
): Promise<void> {
  const message = parseCommunityMessage(record.body);
  const { runId, groupId, sdkAppId } = message;
  if (sdkAppId !== parts.app.sdkAppId) {
    throw new UnreadableMessageError(
      `the message is for app ${sdkAppId}, this consumer serves ${parts.app.sdkAppId}`,
    );
  }
  const logger = parts.logger.with({ runId, groupId });
  if (await halted(runId)) return logger.info('community.skipped', { reason: 'the run was halted' });

  const startedAt = parts.now();
  const calls = { calls: 0, retries: 0, rateLimited: 0 };
  const { catalog, units } = meteredCatalog(parts);
  const call: CallOptions = { deadline, meter: calls };
  const work = message.reason === 'confirmed' ? writeTombstones : syncCommunity;
  const result = await work(
    {
      catalog,
      askTopics: (id) => askTopics(parts.chat, id, call),
      askById: (id, topicIds) => inParts(parts.chat, id, topicIds, call),
      now: parts.now,
      sleep,
      deadline,
      writer: randomUUID(),
      calls,
      units,
    },
    message,
  ).catch((error: unknown) => {
    logger.warn('community.failed', { ...errorFields(error), ...calls, durationMs: parts.now() - startedAt });
    throw error;
  });
  if (result.fatal) await haltRun(parts, message, result);
  const { outcome, counts, failure } = result;
  const durationMs = parts.now() - startedAt;
  const event = outcome === 'tombstoned' ? 'community.tombstoned' : 'community.synced';
  logger[failure ? 'warn' : 'info'](event, {
    outcome,
    ...counts,
    ...failure,
    ...calls,
    durationMs,
  });
}

/** No call of the run can succeed any more: the messages that are left are let go without one. */
async function haltRun(
  parts: Parts,
  { runId }: CommunityMessage,
  { failure }: CommunityResult,
): Promise<void> {
  if (!failure) return;
  const { catalog } = meteredCatalog(parts);
  if (!(await catalog.haltRun(runId, failure))) return;
  parts.logger.error('run.halted', { runId, ...failure });
  if (isAuthenticationFailure(failure.code)) parts.metrics.count({ [METRICS.authenticationFailures]: 1 });
}

type HaltLook = (runId: string) => Promise<boolean>;

/** Looks once per batch and run whether the run was halted: an eventually consistent read of half a unit. */
function createHaltLook(parts: Parts): HaltLook {
  const { catalog } = meteredCatalog(parts);
  const looks = new Map<string, Promise<boolean>>();
  return (runId) => {
    const look =
      looks.get(runId) ??
      catalog.readRun(runId, { consistent: false }).then((run) => run?.haltedBy !== undefined);
    looks.set(runId, look);
    return look;
  };
}
