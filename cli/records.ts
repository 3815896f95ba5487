import type { Community } from '../shared/catalog/community.ts';
import type { Run } from '../shared/catalog/run.ts';
import type { Snapshot } from '../shared/sync/snapshot.ts';
import { joinDetails } from '../shared/sync/split.ts';
import { inOrder } from './output/summary.ts';

/** A topic as the listings print it: its fields as the API gave them, then what the mirror knows of it. */
export function topicRecord({ groupId, topicId, profile, activity, ...mirror }: Snapshot) {
  const { extra, ...fields } = joinDetails(profile, activity);
  const { status, firstSeenAt, lastChangedAt, missingSince, deletedAt, deletedCode } = mirror;
  const { restoredAs, restoredFrom } = mirror;
  return {
    groupId,
    topicId,
    ...fields,
    status,
    firstSeenAt,
    lastChangedAt,
    ...(missingSince !== undefined && { missingSince }),
    ...(deletedAt !== undefined && { deletedAt }),
    ...(deletedCode !== undefined && { deletedCode }),
    ...(restoredAs !== undefined && { restoredAs }),
    ...(restoredFrom !== undefined && { restoredFrom }),
    ...(extra && { extra }),
  };
}

export type TopicRecord = ReturnType<typeof topicRecord>;

/** A confirmed deletion that is held, as `deletions` prints it. */
export function heldRecord({ groupId, topicId, profile, ...mirror }: Snapshot) {
  const { confirmedAt = '', confirmedCode, confirmedRunId: runId = '' } = mirror;
  const { topicName } = profile;
  return {
    groupId,
    topicId,
    ...(topicName !== undefined && { topicName }),
    confirmedAt,
    ...(confirmedCode !== undefined && { confirmedCode }),
    runId,
  };
}

export type HeldRecord = ReturnType<typeof heldRecord>;

/** A community as the listings print it. */
export function communityRecord({
  groupId,
  status,
  topicCount,
  lastSyncedAt,
  run,
  lastErrorCode,
  failingSince,
  ignoredAt,
  ignoredReason,
}: Community) {
  return {
    groupId,
    status,
    topicCount,
    ...(lastSyncedAt !== undefined && { lastSyncedAt }),
    ...(run && { lastRunId: run.id }),
    ...(lastErrorCode !== undefined && { lastErrorCode }),
    ...(failingSince !== undefined && { failingSince }),
    ...(ignoredAt !== undefined && { ignoredAt }),
    ...(ignoredReason !== undefined && { ignoredReason }),
  };
}

export type CommunityRecord = ReturnType<typeof communityRecord>;

/** A ledger entry as the listings print it. */
export function runRecord({ runId, status, startedAt, closedAt, reasons = [], failures = [], summary }: Run) {
  return {
    runId,
    status,
    startedAt,
    ...(closedAt !== undefined && { closedAt }),
    ...(reasons.length > 0 && { reasons }),
    ...(failures.length > 0 && { failures }),
    ...(summary && { summary: inOrder(summary) }),
  };
}

export type RunRecord = ReturnType<typeof runRecord>;
