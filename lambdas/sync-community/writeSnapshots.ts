import pLimit from 'p-limit';
import type { Community } from '../../shared/catalog/community.ts';
import { CODES, type TopicAnswer } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { type Plan, planCommunity } from '../../shared/sync/plan.ts';
import { changeOf, type Snapshot } from '../../shared/sync/snapshot.ts';
import { type HeldLease, holdLease, LEASE_MS } from './holdLease.ts';
import { CommunityBusyError, type CommunityResult, runOf, type SyncParts } from './outcome.ts';

/** Snapshots being written at once, for one community. */
const WRITES_AT_ONCE = 16;

/**
 * Makes the stored snapshots equal to an answer, one writer at a time: current snapshots first, then their
 * history, the stamp last. Until the stamp is written the community has no digest, so whoever comes after a crash
 * compares everything again and completes the history.
 * @param digest stamped at the end; undefined when the answer left something open
 */
export async function writeSnapshots(
  parts: SyncParts,
  message: CommunityMessage,
  answer: TopicAnswer,
  { digest, gone }: { digest: string | undefined; gone: boolean },
): Promise<CommunityResult | undefined> {
  const { catalog, writer, now } = parts;
  const { groupId } = message;
  const askedAt = new Date(answer.requestedAt).toISOString();
  const takenAt = now();
  const lease = { writer, until: new Date(takenAt + LEASE_MS).toISOString() };
  const stamp = await catalog.beginWriting(groupId, {
    ...lease,
    now: new Date(takenAt).toISOString(),
    askedAt,
  });
  if (!stamp) return overtaken(parts, groupId, askedAt);
  try {
    const plan = await writePlan(parts, message, answer, stamp, holdLease(parts, groupId, takenAt));
    return await stampPlan(parts, message, { stamp, plan, lease, answer, digest, gone });
  } catch (error) {
    // What went wrong first is what the message's next delivery should be known by.
    await catalog.endWriting(groupId, lease).catch(() => false);
    throw error;
  }
}

async function writePlan(
  { catalog }: SyncParts,
  { groupId, runId }: CommunityMessage,
  answer: TopicAnswer,
  stamp: Community,
  lease: HeldLease,
): Promise<Plan> {
  const stored: Snapshot[] = [];
  for await (const snapshot of catalog.topicsOf(groupId, { consistent: true })) stored.push(snapshot);
  // A writer that died between a snapshot and its history entry left no digest: write those entries again.
  const open = stamp.digest === undefined ? stored.filter((topic) => isOpen(topic, stamp)) : [];
  await catalog.putChanges(open.map(changeOf));

  const observedAt = new Date(answer.requestedAt).toISOString();
  const plan = planCommunity(stored, { groupId, runId, observedAt, ...answer });
  await putAll(plan.snapshots, async (snapshot) => {
    await lease.keep();
    if (await catalog.putSnapshot(snapshot)) return;
    throw new CommunityBusyError(`${groupId}: a newer snapshot of ${snapshot.topicId} is there`);
  });
  await catalog.putChanges(plan.changes);
  return plan;
}

/**
 * Writes snapshots, some at a time. After a failure it begins no other write, and it ends only when none is under
 * way: the lease must not be given back before that.
 * @throws the first failure
 */
async function putAll(
  snapshots: readonly Snapshot[],
  put: (snapshot: Snapshot) => Promise<void>,
): Promise<void> {
  const limit = pLimit(WRITES_AT_ONCE);
  const failures: unknown[] = [];
  const attempt = async (snapshot: Snapshot) => {
    if (failures.length > 0) return;
    await put(snapshot).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(snapshots.map((snapshot) => limit(attempt, snapshot)));
  if (failures.length > 0) throw failures[0];
}

/** Whether a snapshot's newest change is younger than the last time the community was stamped as a whole. */
function isOpen({ lastChangedAt }: Snapshot, { lastSyncedAt = '' }: Community): boolean {
  return lastChangedAt > lastSyncedAt;
}

interface Written {
  readonly stamp: Community;
  readonly plan: Plan;
  readonly lease: { readonly writer: string; readonly until: string };
  readonly answer: TopicAnswer;
  readonly digest: string | undefined;
  readonly gone: boolean;
}

async function stampPlan(
  parts: SyncParts,
  message: CommunityMessage,
  { stamp, plan, lease, answer, digest, gone }: Written,
): Promise<CommunityResult> {
  const { groupId } = message;
  const { counts, unknown } = plan;
  const [first] = unknown;
  if (first) {
    const failure = { code: first.code, message: `${first.topicId}: ${first.info}` };
    const run = runOf(parts, message, stamp, 'failed', answer.requestedAt, counts);
    await parts.catalog.endWriting(groupId, lease);
    await parts.catalog.stampFailed(groupId, failure, run, {
      status: stamp.status,
      topicCount: counts.active,
      missingCount: counts.missing,
    });
    return { outcome: 'failed', counts, failure };
  }
  const run = runOf(parts, message, stamp, gone ? 'gone' : 'synced', answer.requestedAt, counts);
  const written = {
    topicCount: counts.active,
    missingCount: counts.missing,
    ...(digest !== undefined && { digest }),
    ...(gone && { lastErrorCode: CODES.gone }),
  };
  const accepted = await parts.catalog.stampWritten(groupId, lease, written, run);
  if (!accepted) throw new CommunityBusyError(`${groupId}: the writer's lease was lost`);
  return { outcome: run.outcome, counts };
}

/** How soon to look again whether another writer has finished: most take a fraction of a second. */
const LOOK_AGAIN_MS = 500;

/**
 * The lease was refused: by a newer answer, which is as good as ours, or by a writer at work, whose end is waited
 * for. A killed writer's end is that of its lease.
 */
async function overtaken(
  parts: SyncParts,
  groupId: string,
  askedAt: string,
): Promise<CommunityResult | undefined> {
  for (;;) {
    const stamp = await parts.catalog.readCommunity(groupId, { consistent: true });
    if (stamp?.lastSyncedAt !== undefined && stamp.lastSyncedAt >= askedAt) return { outcome: 'superseded' };
    const leaseEnds = stamp?.writer === undefined ? 0 : Date.parse(stamp.writingUntil ?? '');
    if (!(leaseEnds >= parts.now())) return undefined;
    if (parts.now() + LOOK_AGAIN_MS > parts.deadline) {
      throw new CommunityBusyError(
        `${groupId} is being written by another consumer until ${stamp?.writingUntil}`,
      );
    }
    await parts.sleep(LOOK_AGAIN_MS);
  }
}
