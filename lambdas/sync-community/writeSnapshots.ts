import pLimit from 'p-limit';
import type { Community } from '../../shared/catalog/communities.ts';
import type { TopicAnswer } from '../../shared/chat/index.ts';
import type { CommunityMessage } from '../../shared/messages.ts';
import { type Plan, planCommunity } from '../../shared/sync/plan.ts';
import { changeOf, type Snapshot } from '../../shared/sync/snapshot.ts';
import {
  CommunityBusyError,
  type CommunityResult,
  failureOf,
  GONE_CODE,
  runOf,
  type SyncParts,
} from './outcome.ts';

/** How long one writer keeps the others away from a community; a killed one keeps them away no longer. */
const LEASE_MS = 15_000;

/** No write begins this short before the lease ends, so that none arrives after it. */
const MARGIN_MS = 4_000;

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
  const endsAt = now() + LEASE_MS;
  const lease = { writer, until: new Date(endsAt).toISOString() };
  const stamp = await catalog.beginWriting(groupId, {
    ...lease,
    now: new Date(now()).toISOString(),
    askedAt,
  });
  if (!stamp) return overtaken(parts, groupId, askedAt);
  try {
    const plan = await writePlan(parts, message, answer, stamp, endsAt - MARGIN_MS);
    return await stampPlan(parts, message, { stamp, plan, lease, answer, digest, gone });
  } catch (error) {
    await catalog.endWriting(groupId, lease);
    throw error;
  }
}

async function writePlan(
  { catalog, now }: SyncParts,
  { groupId, runId }: CommunityMessage,
  answer: TopicAnswer,
  stamp: Community,
  writeUntil: number,
): Promise<Plan> {
  const stored: Snapshot[] = [];
  for await (const snapshot of catalog.topicsOf(groupId, { consistent: true })) stored.push(snapshot);
  // A writer that died between a snapshot and its history entry left no digest: write those entries again.
  const open = stamp.digest === undefined ? stored.filter((topic) => isOpen(topic, stamp)) : [];
  await catalog.putChanges(open.map(changeOf));

  const observedAt = new Date(answer.requestedAt).toISOString();
  const plan = planCommunity(stored, { groupId, runId, observedAt, ...answer });
  const limit = pLimit(WRITES_AT_ONCE);
  await Promise.all(
    plan.snapshots.map((snapshot) =>
      limit(async () => {
        if (now() > writeUntil)
          throw new CommunityBusyError(`${groupId}: the writer's lease ended before its work`);
        const stored = await catalog.putSnapshot(snapshot);
        if (!stored)
          throw new CommunityBusyError(`${groupId}: a newer snapshot of ${snapshot.topicId} is there`);
      }),
    ),
  );
  await catalog.putChanges(plan.changes);
  return plan;
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
    const failure = {
      code: first.code,
      message: failureOf(new Error(`${first.topicId}: ${first.info}`)).message,
    };
    const run = runOf(parts, message, stamp, 'failed', answer.requestedAt, counts);
    await parts.catalog.endWriting(groupId, lease);
    await parts.catalog.stampFailed(groupId, failure, run, stamp.status);
    return { outcome: 'failed', counts, failure };
  }
  const run = runOf(parts, message, stamp, gone ? 'gone' : 'synced', answer.requestedAt, counts);
  const written = {
    topicCount: counts.active,
    missingCount: counts.missing,
    ...(digest !== undefined && { digest }),
    ...(gone && { lastErrorCode: GONE_CODE }),
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
