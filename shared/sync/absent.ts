import { CODES } from '../chat/codes.ts';
import type { TopicFailure } from '../chat/types.ts';
import type { Observation } from './plan.ts';
import { snapshotOf } from './present.ts';
import { isCandidate, type Snapshot, withoutAbsence } from './snapshot.ts';
import type { SplitTopic } from './split.ts';

/** What was learnt of the absent topics, which are asked for once more by their ids. */
export interface Confirmation {
  /** When that request was sent, ISO 8601 UTC with milliseconds. */
  readonly observedAt: string;
  /** Topics that are there after all. */
  readonly topics: readonly SplitTopic[];
  /** Topics that the answer names with an error of their own; only some codes confirm that a topic is gone. */
  readonly failures: readonly TopicFailure[];
  /** What is to be kept of a topic that is in neither. */
  readonly otherwise: string;
}

/** Codes with which get_topic says of one topic that it has been deleted. */
export const TOPIC_GONE_CODES: ReadonlySet<number> = new Set([CODES.topicDeleted, CODES.gone]);

/** Stored topics that an answer does not show, tombstones aside: they are to be asked for by their ids. */
export function absentTopics(
  stored: readonly Snapshot[],
  { topics, failures }: Pick<Observation, 'topics' | 'failures'>,
): Snapshot[] {
  const spared = new Set([...topics, ...failures.filter(isUnknown)].map(({ topicId }) => topicId));
  return stored.filter(({ topicId, status }) => status !== 'deleted' && !spared.has(topicId));
}

/** Whether a failure leaves open whether its topic is there. */
export function isUnknown({ code }: TopicFailure): boolean {
  return code === undefined || !TOPIC_GONE_CODES.has(code);
}

/** What an absent topic becomes by what its id was answered; the stored snapshot itself when nothing differs. */
export function absentOf(
  stored: Snapshot,
  seen: Observation,
  confirmation: Confirmation | undefined,
): Snapshot {
  const { topicId } = stored;
  if (!confirmation) return missing(stored, seen, seen.observedAt);
  const { observedAt, otherwise } = confirmation;
  const shown = confirmation.topics.find((topic) => topic.topicId === topicId);
  if (shown) return snapshotOf(shown, stored, { ...seen, observedAt });
  const code = confirmation.failures.find((failure) => failure.topicId === topicId)?.code;
  if (code !== undefined && TOPIC_GONE_CODES.has(code)) return candidate(stored, seen, observedAt, code);
  return missing(stored, seen, observedAt, code === undefined ? otherwise : `get_topic says ${code} of it`);
}

/** A topic of which nothing is proven. An earlier proof that can no longer be had is none. */
function missing(stored: Snapshot, seen: Observation, observedAt: string, reason?: string): Snapshot {
  const { status, confirmedRunId, missingReason } = stored;
  if (status === 'missing' && confirmedRunId === undefined && missingReason === reason) return stored;
  const { missingSince = seen.observedAt } = stored;
  const why = reason === undefined ? {} : { missingReason: reason };
  return { ...withoutAbsence(stored), status: 'missing', missingSince, ...why, observedAt };
}

/** A topic confirmed gone. One proof a run is enough: a repeat of its message does not move it. */
function candidate(stored: Snapshot, seen: Observation, observedAt: string, code: number): Snapshot {
  if (isCandidate(stored, seen.runId)) return stored;
  const { missingSince = seen.observedAt } = stored;
  const proof = { confirmedAt: observedAt, confirmedCode: code, confirmedRunId: seen.runId };
  return { ...withoutAbsence(stored), status: 'missing', missingSince, ...proof, observedAt };
}
