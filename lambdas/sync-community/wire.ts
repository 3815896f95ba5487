import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { CallOptions } from '../../shared/chat/index.ts';
import { countersWith } from '../../shared/sync/split.ts';
import { type BaseParts, meteredCatalog, patient } from '../parts/base.ts';
import type { ChatParts } from '../parts/chat.ts';
import { askTopics, inParts } from './askTopics.ts';
import { createEntryWriter, type EntryWriter } from './entryWriter.ts';
import type { SyncParts } from './outcome.ts';

export type Parts = BaseParts & ChatParts;

/** Time kept back at the end of an invocation for the writes that follow an answer. */
const RESERVE_MS = 10_000;

/** Epoch milliseconds by which an invocation's work on communities must have ended. */
export function deadlineOf({ now }: Parts, context: Context): number {
  return now() + context.getRemainingTimeInMillis() - RESERVE_MS;
}

/** Of the time that is kept back: what a request that is sent at the last moment, and the log, may need. */
const LAST_REQUEST_MS = 4_000;

/** The end of the writes that follow an answer which came in time. */
function writesUntil(deadline: number): number {
  return deadline + RESERVE_MS - LAST_REQUEST_MS;
}

/** A throttled request is given up so long before: in its last round the writer's lease can still be made longer. */
const LAST_ROUND_MS = 1_000;

/** Parts whose store repeats throttled requests nearly to the invocation's end. @param deadline of the work on communities */
export function patientParts(parts: Parts, deadline: number): Parts {
  return patient(parts, writesUntil(deadline) - LAST_ROUND_MS);
}

/** Stores the activity entries of communities that are mirrored at the same time. */
export function entryWriterOf({ store, app }: Pick<Parts, 'store' | 'app'>): EntryWriter {
  return createEntryWriter(store, app.sdkAppId, app.activityDays);
}

/** What syncing one community needs, with meters of its own. */
export function syncPartsOf(
  parts: Parts,
  deadline: number,
  putEntry: EntryWriter = entryWriterOf(parts),
): SyncParts {
  const calls = { calls: 0, retries: 0, rateLimited: 0 };
  const call: CallOptions = { deadline, meter: calls };
  const metered = meteredCatalog(parts);
  return {
    ...metered,
    askTopics: (groupId) => askTopics(parts.chat, groupId, call),
    askById: (groupId, topicIds) => inParts(parts.chat, groupId, topicIds, call),
    now: parts.now,
    sleep,
    deadline,
    writesUntil: writesUntil(deadline),
    writer: randomUUID(),
    counters: countersWith(parts.app.counters),
    putEntry: (entry) => putEntry(entry, metered.units),
    calls,
  };
}
