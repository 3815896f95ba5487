import type {
  Community,
  CommunityDeletions,
  CommunityOutcome,
  CommunityRun,
  Failure,
} from '../../shared/catalog/community.ts';
import type { Catalog } from '../../shared/catalog/index.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import { ApiError, type CallMeter, type ChatError, type TopicAnswer } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import type { TopicCounts } from '../../shared/sync/plan.ts';
import type { ActivityEntry, MessageCounts, Roster } from '../../shared/sync/roster.ts';

/** What syncing one community needs of the world. */
export interface SyncParts {
  readonly catalog: Catalog;
  /** Stamp and roster of the community as they were a moment ago, read together with others'. Absent: read by themselves. */
  readonly firstLook?: {
    stampOf(groupId: string): Promise<Community | undefined>;
    rosterOf(groupId: string): Promise<Roster | undefined>;
  };
  /** Stores the messages that a run has seen come, perhaps together with those of other communities. */
  putEntry(entry: ActivityEntry): Promise<void>;
  /** Asks for every topic of the community, within the rate budget. */
  askTopics(groupId: string): Promise<TopicAnswer>;
  /** Asks for topics of the community by their ids, within the same budget. */
  askById(groupId: string, topicIds: readonly string[]): Promise<TopicAnswer>;
  now(): number;
  /** Waits some milliseconds. */
  sleep(ms: number): Promise<unknown>;
  /** Epoch milliseconds by which the work must have ended. */
  readonly deadline: number;
  /** After which no write of topics begins that were asked for in time, epoch milliseconds; default: the deadline. */
  readonly writesUntil?: number;
  /** Names this invocation among the writers of a community; unique. */
  readonly writer: string;
  /** What the work has consumed so far, counted by the parts above. */
  readonly calls: CallMeter;
  readonly units: UnitMeter;
  /** Names of unknown fields that are activity. */
  readonly counters: ReadonlySet<string>;
  /** The message's run has closed: the message was held up on its way. */
  readonly isRunOver?: boolean;
  /** An earlier delivery of the message may have died between the roster and the stamp. */
  readonly isRedelivered?: boolean;
}

/**
 * What became of one community. superseded: a newer answer was in already, and nothing was written ·
 * tombstoned: its confirmed deletions are carried out.
 */
export interface CommunityResult {
  readonly outcome: CommunityOutcome | 'superseded' | 'tombstoned';
  readonly counts?: TopicCounts;
  readonly messages?: MessageCounts;
  readonly failure?: Failure;
  /** The error, when it is of the kind after which no call for any community can succeed. */
  readonly fatal?: ChatError;
}

/** Another writer is at this community; the message comes back after its visibility timeout. */
export class CommunityBusyError extends Error {
  override readonly name = 'CommunityBusyError';
}

/**
 * What this run did in the community, earlier deliveries of the same message included. A message that comes once its run
 * is over leaves the block to the later run that has been here, which is still to be counted by it.
 */
export function runOf(
  parts: SyncParts,
  { runId }: CommunityMessage,
  stamp: Community | undefined,
  outcome: CommunityOutcome,
  askedAtMs: number,
  counts: Partial<RunCounts> & Pick<TopicCounts, 'noisy'> = {},
): CommunityRun {
  const { run } = stamp ?? {};
  const askedAt = new Date(askedAtMs).toISOString();
  if (run && countingRun(parts, runId, stamp) !== runId) {
    // Topics changed since are in the history as this message's run's; a failure that is made up for is none any more.
    const stays = run.outcome === 'failed' ? outcome : run.outcome;
    const used = consumed(parts, run, stampUnits(stamp, stays));
    return { ...run, outcome: stays, askedAt, ...moreMessages(run, counts), ...used };
  }
  const earlier = run?.id === runId ? run : undefined;
  const known = { ...earlier, ...counts };
  const counted = countsOf(known);
  const { noisy } = known;
  // A failure between two deliveries takes the outcome, not the counts.
  const { baseline, created, updated, restored } = counted;
  const hasChanged = earlier?.outcome === 'synced' || baseline + created + updated + restored > 0;
  return {
    id: runId,
    outcome: outcome === 'unchanged' && hasChanged ? 'synced' : outcome,
    askedAt,
    ...counted,
    // A stamp that holds an error has no room for them.
    ...(noisy && outcome !== 'failed' && { noisy }),
    ...consumed(parts, earlier, stampUnits(stamp, outcome)),
  };
}

/** The run in whose block the work of a run's message is counted: once that is over, the later one that has been here. */
export function countingRun(
  { isRunOver }: Pick<SyncParts, 'isRunOver'>,
  runId: string,
  stamp: Pick<Community, 'run'> | undefined,
): string {
  return isRunOver && stamp?.run ? stamp.run.id : runId;
}

/** What a run has counted; nothing that it has counted before is taken back. */
function moreMessages(
  earlier: MessageCounts,
  { messageTopics = 0, newMessages = 0 }: Partial<MessageCounts>,
): MessageCounts {
  return {
    messageTopics: Math.max(earlier.messageTopics, messageTopics),
    newMessages: Math.max(earlier.newMessages, newMessages),
  };
}

/** What a run counts in a community. */
type RunCounts = Pick<CommunityRun, 'baseline' | 'created' | 'updated' | 'restored'> & MessageCounts;

function countsOf(known: Partial<RunCounts>): RunCounts {
  const { baseline = 0, created = 0, updated = 0, restored = 0, messageTopics = 0, newMessages = 0 } = known;
  return { baseline, created, updated, restored, messageTopics, newMessages };
}

/**
 * Units of the stamp that ends the work, which it cannot count itself: it is under 1 KB, and so is its entry in the
 * attention index where a failure has put one, or puts one.
 */
function stampUnits(stamp: Community | undefined, outcome: CommunityOutcome): number {
  const isFailure = outcome === 'failed' || outcome === 'unsupported';
  return isFailure || stamp?.failingSince !== undefined ? 2 : 1;
}

/** Calls and units of this delivery and of its stamp, added to those of the block before. */
function consumed({ calls, units }: SyncParts, earlier: CommunityRun | undefined, stampUnits: number) {
  return {
    calls: calls.calls + (earlier?.calls ?? 0),
    retries: calls.retries + (earlier?.retries ?? 0),
    rateLimited: calls.rateLimited + (earlier?.rateLimited ?? 0),
    writeUnits: units.writeUnits + stampUnits + (earlier?.writeUnits ?? 0),
    readUnits: units.readUnits + (earlier?.readUnits ?? 0),
  };
}

/** What the run's confirmed deletions in the community amount to; undefined when there never were any. */
export function deletionsOf(
  { runId }: Pick<CommunityMessage, 'runId'>,
  stamp: Community,
  { confirmed, deleted }: TopicCounts,
  goneAt?: string,
): CommunityDeletions | undefined {
  const earlier = stamp.deletions;
  // What an earlier run has confirmed is overtaken by this answer, and must not be carried out any more.
  if (confirmed + deleted === 0 && goneAt === undefined && !earlier) return undefined;
  const first = earlier?.runId === runId ? (earlier.goneAt ?? goneAt) : goneAt;
  return { runId, confirmed, deleted, ...(goneAt !== undefined && first !== undefined && { goneAt: first }) };
}

/** An error as a stamp keeps it. */
export function failureOf(error: Error): Failure {
  const message = error.message.slice(0, 200);
  return error instanceof ApiError ? { code: error.code, message } : { message };
}
