import type { Failure } from '../../shared/catalog/community.ts';
import { CODES, type TopicAnswer, type TopicFailure } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { absentTopics } from '../../shared/sync/absent.ts';
import { type Plan, planCommunity } from '../../shared/sync/plan.ts';
import {
  countersBefore,
  type MessageCounts,
  type Roster,
  type RosterSeen,
} from '../../shared/sync/roster.ts';
import type { Snapshot } from '../../shared/sync/snapshot.ts';
import { type SplitTopic, splitTopic } from '../../shared/sync/split.ts';
import { confirmAbsent } from './confirmAbsent.ts';
import { CommunityBusyError, type CommunityResult, deletionsOf, runOf, type SyncParts } from './outcome.ts';
import { stampFailure } from './stampFailure.ts';
import { underLease, type Writing } from './underLease.ts';
import { moveRoster } from './writeActivity.ts';
import { readStored, writePlan } from './writePlan.ts';

/** An answer as it is to be written. */
interface Answered {
  readonly answer: TopicAnswer;
  readonly topics: readonly SplitTopic[];
  /** Stamped at the end; undefined when the answer left something open. */
  readonly digest: string | undefined;
  /** The community does not exist. */
  readonly gone: boolean;
}

/**
 * Makes the stored snapshots equal to an answer, one writer at a time: current snapshots first, then their history, then
 * the roster, the stamp last. Until the stamp is written the community has no digest, so whoever comes after a crash
 * compares everything again and completes the history. Absent topics are asked for by id under the lease: only what
 * is stored says which they are, and it must not be read twice.
 */
export function writeSnapshots(
  parts: SyncParts,
  message: CommunityMessage,
  answered: Answered,
): Promise<CommunityResult | undefined> {
  const askedAt = new Date(answered.answer.requestedAt).toISOString();
  const answer = { askedAt, isThere: !answered.gone };
  return underLease(parts, message.groupId, answer, async (writing) => {
    const { plan, roster, disagree } = await planAnswer(parts, message, answered, writing);
    await writePlan(parts, message.groupId, plan, writing.held);
    await writing.held.keep();
    const found = { stamp: writing.stamp, stored: roster, isSure: !parts.isRedelivered };
    const messages = await moveRoster(parts, found, seenOf(message, askedAt, plan, writing));
    if (!messages) throw new CommunityBusyError(`${message.groupId}: another writer has been at its roster`);
    const digest = disagree ? undefined : answered.digest;
    return stampPlan(parts, message, { ...answered, digest }, writing, plan, messages);
  });
}

/** Whether no answer of the community was complete before. */
function isBaseline({ stamp: { lastSyncedAt } }: Writing): boolean {
  return lastSyncedAt === undefined;
}

/** What the roster is to be, once the plan is written. */
function seenOf(
  { groupId, runId }: CommunityMessage,
  observedAt: string,
  plan: Plan,
  writing: Writing,
): RosterSeen {
  return {
    ...{ groupId, runId, observedAt, isBaseline: isBaseline(writing) },
    topics: plan.topics.flatMap(inRoster),
    before: countersBefore(plan.stored),
  };
}

/** What the roster is to hold of a topic: nothing of a tombstone, which keeps its own. */
function inRoster({ topicId, status, profile, activity = {} }: Snapshot) {
  return status === 'deleted' ? [] : [{ topicId, profile, activity }];
}

/** @returns `disagree`: a topic that the answer does not show is there when it is asked for by id */
async function planAnswer(
  parts: SyncParts,
  message: CommunityMessage,
  { answer, topics, gone }: Answered,
  writing: Writing,
): Promise<{ plan: Plan; roster: Roster | undefined; disagree: boolean }> {
  const { groupId, runId } = message;
  const observedAt = new Date(answer.requestedAt).toISOString();
  const { failures } = answer;
  const seen = { groupId, runId, observedAt, topics, failures, isBaseline: isBaseline(writing) };
  const { stored, roster } = await readStored(parts, groupId, writing);
  const absent = absentTopics(stored, seen);
  const asked = await confirmAbsent(parts, message, absent, { observedAt, gone });
  const confirmation = asked && {
    ...asked,
    topics: asked.topics.map((topic) => splitTopic(topic, parts.counters)),
  };
  const ids = new Set(absent.map(({ topicId }) => topicId));
  const disagree = confirmation?.topics.some(({ topicId }) => ids.has(topicId)) ?? false;
  return { plan: planCommunity(stored, seen, confirmation), roster, disagree };
}

async function stampPlan(
  parts: SyncParts,
  message: CommunityMessage,
  { answer, digest, gone }: Answered,
  { stamp, lease }: Writing,
  { counts, unknown }: Plan,
  messages: MessageCounts,
): Promise<CommunityResult> {
  const { groupId } = message;
  const goneAt =
    gone && message.reason === 'unlisted' ? new Date(answer.requestedAt).toISOString() : undefined;
  const state = {
    topicCount: counts.active,
    missingCount: counts.missing,
    deletions: deletionsOf(message, stamp, counts, goneAt),
  };
  const failure = failureIn(answer, unknown);
  if (failure) {
    const askedAt = answer.requestedAt;
    const counted = { ...counts, ...messages };
    await stampFailure(parts, message, {
      failure,
      outcome: 'failed',
      askedAt,
      counts: counted,
      state,
      lease,
    });
    return { outcome: 'failed', counts, messages, failure };
  }
  const run = runOf(parts, message, stamp, gone ? 'gone' : 'synced', answer.requestedAt, {
    ...counts,
    ...messages,
  });
  const written = {
    ...state,
    ...(digest !== undefined && { digest }),
    ...(gone && { lastErrorCode: CODES.gone }),
    // A tombstone that the list names once more, and that does not exist all the same, stays one.
    ...(gone && stamp.status === 'deleted' && { status: stamp.status }),
  };
  const accepted = await parts.catalog.stampWritten(groupId, lease, written, run);
  if (!accepted) throw new CommunityBusyError(`${groupId}: the writer's lease was lost`);
  return { outcome: run.outcome, counts, messages };
}

/** What an answer leaves open, if anything: the first topic's failure, or the elements that name no topic. */
function failureIn({ unattributed }: TopicAnswer, unknown: readonly TopicFailure[]): Failure | undefined {
  const [first] = unknown;
  if (first) {
    const { topicId, code, info } = first;
    return { message: `${topicId}: ${info}`, ...(code !== undefined && { code }) };
  }
  const [element] = unattributed;
  if (element === undefined) return undefined;
  return {
    message: `elements of the answer that name no topic: ${unattributed.length}, the first ${element}`,
  };
}
