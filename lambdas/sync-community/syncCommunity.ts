import type { Community } from '../../shared/catalog/community.ts';
import { ApiError, ChatError, CODES, mayMeanNoTopics, type TopicAnswer } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { settle } from '../../shared/settle.ts';
import { digestOf, sameProfiles } from '../../shared/sync/digest.ts';
import { splitTopic } from '../../shared/sync/split.ts';
import { CommunityBusyError, type CommunityResult, failureOf, runOf, type SyncParts } from './outcome.ts';
import { stampFailure } from './stampFailure.ts';
import { writeActivity } from './writeActivity.ts';
import { writeSnapshots } from './writeSnapshots.ts';

/** What became of the question for a community's topics. */
type Asked = { readonly value: TopicAnswer } | { readonly error: unknown };

/** How often an answer that turned out to be overtaken while it was compared is asked for anew. */
const ATTEMPTS = 3;

/**
 * Mirrors one community: asks, compares, writes what differs, stamps. Safe to repeat at any point.
 * @throws {ChatError} that may pass, {@link CommunityBusyError}, or the store's error: the message must come back
 */
export async function syncCommunity(parts: SyncParts, message: CommunityMessage): Promise<CommunityResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const result = await syncOnce(parts, message, attempt > 1);
    if (result) return result;
    // Asking anew without the time for it would stamp a failure over what another consumer has just synced.
    if (parts.now() >= parts.deadline) break;
  }
  throw new CommunityBusyError(`${message.groupId} changed under the comparison`);
}

/** @returns undefined when stamp or roster are no longer those that the answer was compared with */
async function syncOnce(
  parts: SyncParts,
  message: CommunityMessage,
  consistent: boolean,
): Promise<CommunityResult | undefined> {
  const { groupId } = message;
  const stampRead = readStamp(parts, groupId, consistent);
  const startedAt = parts.now();
  const [stamp, first] = await Promise.all([stampRead, settle(parts.askTopics(groupId))]);
  const asked = isSuspect(first, stamp) ? await settle(parts.askTopics(groupId)) : first;
  if ('error' in asked && !isGone(asked.error)) return fail(parts, message, asked.error, startedAt);

  const gone = 'error' in asked;
  const answer = gone ? { requestedAt: startedAt, topics: [], failures: [], unattributed: [] } : asked.value;
  const topics = answer.topics.map((topic) => splitTopic(topic, parts.counters));
  // Not of an answer that is no answer, or that leaves something open: the next one is compared in full.
  const leavesOpen = answer.failures.length + answer.unattributed.length > 0;
  const digest = gone || leavesOpen ? undefined : digestOf(topics);
  if (stamp && digest !== undefined && hasSameProfiles(stamp, digest)) {
    // What another consumer, or a dead one, may have moved since the stamp is looked at.
    const isSure = !consistent && !parts.isRedelivered;
    if (stamp.digest !== digest || !isSure)
      return writeActivity(parts, message, stamp, { answer, topics, digest, isSure });
    const run = runOf(parts, message, stamp, 'unchanged', answer.requestedAt);
    const accepted = await parts.catalog.stampUnchanged(stamp, run);
    return accepted ? { outcome: run.outcome } : undefined;
  }
  const written = await settle(writeSnapshots(parts, message, { answer, topics, digest, gone }));
  if (!('error' in written)) return written.value;
  // Of the API only when absent topics were asked for by id: nothing has been written then.
  return fail(parts, message, written.error, startedAt);
}

/**
 * Whether an answer of this digest leaves no topic to write. Missing topics are asked for every night, whatever the answer
 * says of the others. And somebody's name on the stamp, at work or dead, gives way to a lease alone.
 */
function hasSameProfiles({ digest, missingCount, writer }: Community, answered: string): boolean {
  return digest !== undefined && sameProfiles(digest, answered) && missingCount === 0 && writer === undefined;
}

function readStamp({ catalog, firstLook }: SyncParts, groupId: string, consistent: boolean) {
  return firstLook && !consistent
    ? firstLook.stampOf(groupId)
    : catalog.readCommunity(groupId, { consistent });
}

const EMPTY = digestOf([]);

/**
 * Whether an answer without any topic is to be asked for once more, since the community was not known to be without: an
 * API in trouble answers so, and nothing else would tell that topics never seen before are left out.
 */
function isSuspect(asked: Asked, stamp: Community | undefined): boolean {
  if ('error' in asked || stamp?.digest === EMPTY) return false;
  const { topics, failures, unattributed } = asked.value;
  return topics.length + failures.length + unattributed.length === 0;
}

/** Stamps the failure. @throws the error itself when it may pass, so that the message comes back */
async function fail(
  parts: SyncParts,
  message: CommunityMessage,
  error: unknown,
  askedAt: number,
): Promise<CommunityResult> {
  if (!(error instanceof ChatError)) throw error;
  const failure = failureOf(error);
  // Topics that are mirrored were supported once: that they are not any more is a failure, never a deletion.
  const unsupported = mayMeanNoTopics(failure.code) && !(await mirrorsTopics(parts, message));
  const outcome = unsupported ? 'unsupported' : 'failed';
  const state = unsupported ? ({ status: 'unsupported' } as const) : {};
  await stampFailure(parts, message, { failure, outcome, askedAt, state });
  if (error.treatment === 'retry' || error.treatment === 'slow-down') throw error;
  return { outcome, failure, ...(error.treatment === 'fatal' && { fatal: error }) };
}

/** Asks the topics themselves: the stamp does not count those of a sync that was cut short. */
async function mirrorsTopics({ catalog }: SyncParts, { groupId }: CommunityMessage): Promise<boolean> {
  for await (const { status } of catalog.topicsOf(groupId, { consistent: true })) {
    if (status !== 'deleted') return true;
  }
  return false;
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === CODES.gone;
}
