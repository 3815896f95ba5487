import { type Community, type CommunityOutcome, hasCandidates } from '../catalog/community.ts';
import type { Run, RunFailure, RunSummary } from '../catalog/run.ts';
import type { Deletions } from './guard.ts';
import { createNoise } from './noisy.ts';
import { createPeakCounter } from './peak.ts';

/** Failures that the ledger names; the communities' own stamps hold every one. */
const NAMED_FAILURES = 20;

/** What a run's listed communities and all stamps amount to. Built up one community at a time. */
export interface Tally {
  /** Counts a community that the run's list named, with its stamp if it has one. */
  addListed(groupId: string, stamp: Community | undefined): void;
  /** Counts a mirrored community that the list did not name. */
  addUnlisted(stamp: Community): void;
  /** Listed communities without an outcome. */
  readonly pending: number;
  /** Distinct communities that the list named. */
  readonly listed: number;
  /** Those of the listed that have no topics to mirror. */
  readonly unsupported: number;
  readonly failures: readonly RunFailure[];
  readonly failed: number;
  /** Mirrored communities that the list did not name and nobody has asked for in this run. */
  readonly unasked: number;
  /** Communities in which the run has confirmed deletions that are not carried out. */
  readonly candidates: readonly string[];
  /** Mirrored communities that the list did not name, asked for or not. */
  readonly unlisted: number;
  /** Missing topics of which the run has not confirmed that they are deleted. */
  readonly unexplained: number;
  /** The run's confirmed deletions that are not carried out, and what they would leave. */
  readonly deletions: Deletions;
  /** The run's summary, but for how it ended. @param held whether candidates are kept back by the guard */
  summary(
    run: Run,
    closedAt: string,
    cost: { writeUnits: number; readUnits: number },
    held: boolean,
  ): Omit<RunSummary, 'status'>;
}

export function createTally({ runId, startedAt }: Pick<Run, 'runId' | 'startedAt'>): Tally {
  const communities = {
    ...{ listed: 0, synced: 0, unchanged: 0, failed: 0, unsupported: 0, ignored: 0, deleted: 0 },
  };
  const topics = { active: 0, baseline: 0, created: 0, updated: 0, deleted: 0, restored: 0, missing: 0 };
  const messages = { topics: 0, new: 0 };
  const noise = createNoise();
  const deletions = {
    topics: 0,
    activeTopics: 0,
    deletedTopics: 0,
    communities: 0,
    activeCommunities: 0,
    deletedCommunities: 0,
  };
  const candidates: string[] = [];
  // With those of communities that are gone as a whole.
  let candidateTopics = 0;
  const used = { calls: 0, retries: 0, rateLimited: 0, writeUnits: 0, readUnits: 0 };
  const failures: RunFailure[] = [];
  const peak = createPeakCounter();
  let pending = 0;
  let unasked = 0;
  let unlisted = 0;

  const fail = (groupId: string, stamp: Community | undefined) => {
    communities.failed += 1;
    name(groupId, stamp);
  };

  const name = (groupId: string, stamp: Community | undefined) => {
    if (failures.length >= NAMED_FAILURES) return;
    const { lastErrorCode: code, lastError } = stamp ?? {};
    failures.push({
      groupId,
      ...(code !== undefined && { code }),
      message: lastError ?? 'no consumer reached it',
    });
  };

  /** The stamp, if what it says of an error is of this run: of a message that came to no outcome. */
  const troubled = (stamp: Community | undefined) => (stamp?.lastErrorRunId === runId ? stamp : undefined);

  const addDeletions = (stamp: Community) => {
    const { groupId, status, topicCount } = stamp;
    const own = stamp.deletions?.runId === runId ? stamp.deletions : undefined;
    const isGone = own?.goneAt !== undefined;
    topics.deleted += own?.deleted ?? 0;
    if (isGone && status === 'deleted') deletions.deletedCommunities += 1;
    else deletions.deletedTopics += own?.deleted ?? 0;
    candidateTopics += own?.confirmed ?? 0;
    deletions.activeTopics += topicCount;
    if (isGone && status === 'deleted') communities.deleted += 1;
    else if (isGone) deletions.communities += 1;
    else {
      deletions.topics += own?.confirmed ?? 0;
      if (status !== 'deleted') deletions.activeCommunities += 1;
    }
    if (!hasCandidates(stamp, runId)) return;
    candidates.push(groupId);
    // Its message of deletions failed: that of an answer is named with the outcome.
    if (troubled(stamp) && outcomeIn(runId, startedAt, stamp) !== 'failed') name(groupId, stamp);
  };

  const addTopics = (stamp: Community) => {
    const { topicCount, missingCount, run } = stamp;
    topics.active += topicCount;
    topics.missing += missingCount;
    addDeletions(stamp);
    if (run?.id !== runId) return;
    for (const name of ['baseline', 'created', 'updated', 'restored'] as const) topics[name] += run[name];
    messages.topics += run.messageTopics;
    messages.new += run.newMessages;
    noise.add(run.noisy);
    for (const name of ['calls', 'retries', 'rateLimited', 'writeUnits', 'readUnits'] as const)
      used[name] += run[name];
    peak.add(Date.parse(run.askedAt));
  };

  return {
    addListed: (groupId, stamp) => {
      communities.listed += 1;
      if (stamp) addTopics(stamp);
      const outcome = outcomeIn(runId, startedAt, stamp);
      if (isIgnored(stamp, outcome)) communities.ignored += 1;
      else if (outcome === 'failed') fail(groupId, stamp);
      else if (outcome === 'unchanged' || outcome === 'unsupported') communities[outcome] += 1;
      else if (outcome) communities.synced += 1;
      else {
        pending += 1;
        fail(groupId, troubled(stamp));
      }
    },
    addUnlisted: (stamp) => {
      addTopics(stamp);
      const outcome = outcomeIn(runId, startedAt, stamp);
      if (outcome === 'failed') fail(stamp.groupId, stamp);
      if (stamp.status !== 'deleted') unlisted += 1;
      if (outcome || stamp.status === 'deleted') return;
      unasked += 1;
      if (troubled(stamp)) name(stamp.groupId, stamp);
    },
    get pending() {
      return pending;
    },
    get listed() {
      return communities.listed;
    },
    get unsupported() {
      return communities.unsupported;
    },
    get unasked() {
      return unasked;
    },
    get unexplained() {
      return topics.missing - candidateTopics;
    },
    get unlisted() {
      return unlisted;
    },
    get failed() {
      return communities.failed;
    },
    failures,
    candidates,
    deletions,
    summary: (run, closedAt, cost, held) => ({
      runId,
      elapsedMs: Date.parse(closedAt) - Date.parse(startedAt),
      communities,
      topics: {
        ...topics,
        unchanged: unchangedOf(topics),
        missing: topics.missing - (held ? candidateTopics : 0),
        held: held ? candidateTopics : 0,
      },
      messages,
      api: {
        calls: used.calls + run.listCalls,
        listCalls: run.listCalls,
        retries: used.retries + run.retries,
        rateLimited: used.rateLimited + run.rateLimited,
        peakPerSecond: peak.peak(),
      },
      dynamodb: {
        writeUnits: used.writeUnits + run.writeUnits + cost.writeUnits,
        readUnits: used.readUnits + run.readUnits + cost.readUnits,
      },
      ...noise.summary(topics.updated),
    }),
  };
}

/** Whether a listed community fails, or was not asked for, with a person's knowledge. */
function isIgnored(stamp: Community | undefined, outcome: CommunityOutcome | undefined): boolean {
  return stamp?.ignoredAt !== undefined && (outcome === undefined || outcome === 'failed');
}

/** A community's outcome in a run; an answer that a later run asked for covers this one too. */
function outcomeIn(
  runId: string,
  startedAt: string,
  stamp: Community | undefined,
): CommunityOutcome | undefined {
  if (stamp?.run?.id === runId) return stamp.run.outcome;
  if (stamp?.lastSyncedAt === undefined || stamp.lastSyncedAt <= startedAt) return undefined;
  // The stamp's outcome is that of another run, which may have failed after the answer that counts here.
  return stamp.run?.outcome === 'unchanged' ? 'unchanged' : 'synced';
}

/** Active topics that the run has found as they were; those with messages alone are among them. */
export function unchangedOf({
  active,
  baseline,
  created,
  updated,
  restored,
}: Pick<RunSummary['topics'], 'active' | 'baseline' | 'created' | 'updated' | 'restored'>): number {
  return Math.max(0, active - baseline - created - updated - restored);
}
