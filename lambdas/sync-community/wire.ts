import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { CallOptions } from '../../shared/chat/index.ts';
import { type BaseParts, meteredCatalog } from '../parts/base.ts';
import type { ChatParts } from '../parts/chat.ts';
import { askTopics, inParts } from './askTopics.ts';
import type { SyncParts } from './outcome.ts';

export type Parts = BaseParts & ChatParts;

/** Time kept back at the end of an invocation for the writes that follow an answer. */
const RESERVE_MS = 10_000;

/** Epoch milliseconds by which an invocation's work on communities must have ended. */
export function deadlineOf({ now }: Parts, context: Context): number {
  return now() + context.getRemainingTimeInMillis() - RESERVE_MS;
}

/** What syncing one community needs, with meters of its own. */
export function syncPartsOf(parts: Parts, deadline: number): SyncParts {
  const calls = { calls: 0, retries: 0, rateLimited: 0 };
  const call: CallOptions = { deadline, meter: calls };
  return {
    ...meteredCatalog(parts),
    askTopics: (groupId) => askTopics(parts.chat, groupId, call),
    askById: (groupId, topicIds) => inParts(parts.chat, groupId, topicIds, call),
    now: parts.now,
    sleep,
    deadline,
    writer: randomUUID(),
    calls,
  };
}
