import type { Catalog } from '../../shared/catalog/index.ts';
import { SHARDS } from '../../shared/catalog/keys.ts';
import type { Run, RunSummary, Verdict } from '../../shared/catalog/run.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import type { Limits } from '../../shared/sync/guard.ts';
import { summaryAfterReopening } from '../../shared/sync/reopened.ts';
import { createTally, type Tally } from '../../shared/sync/tally.ts';
import {
  type Ending,
  endingAfterRelease,
  endingOf,
  enumerationDoubt,
  reasonsAgainst,
  shrinkage,
  summaryAfterRelease,
} from '../../shared/sync/verdict.ts';
import { askUnlisted } from './askUnlisted.ts';
import { askTombstones, isHeld, verdictOn } from './judge.ts';

/** What closing a run needs of the world. */
export interface CloseParts {
  readonly catalog: Catalog;
  /** Messages waiting, under way and delayed in the communities queue, approximately. */
  depth(): Promise<number>;
  /** Queues mirrored communities that the run's list did not name. */
  enqueueUnlisted(runId: string, groupIds: readonly string[]): Promise<void>;
  /** Queues communities whose deletions, confirmed until `judgedAt`, may be carried out. */
  enqueueConfirmed(runId: string, groupIds: readonly string[], judgedAt: string): Promise<void>;
  readonly limits: Limits;
  now(): number;
  readonly units: UnitMeter;
}

/** Either the run's end, or how soon to look again and what to remember until then. */
export type CloseResult =
  | { readonly closed: true; readonly summary?: RunSummary }
  | {
      readonly closed: false;
      readonly depth: number;
      readonly emptyLooks: number;
      /** Since when the listing that is not done has been under way, milliseconds. */
      readonly listingForMs?: number;
    };

/**
 * The queue's counts are approximate: with communities still open, this many empty looks in a row are needed
 * before the run is closed without them.
 */
const EMPTY_LOOKS = 3;

/**
 * A listing that was last begun so long ago has used up its attempts: the run ends without a complete list. An invocation
 * lasts 15 minutes at most, and the platform begins the next attempt within minutes (docs.aws.amazon.com, Lambda:
 * quotas, asynchronous invocation).
 */
const ABANDONED_MS = 30 * 60_000;

/**
 * Closes a run once its queue is drained: asks for what the list did not name, judges the confirmed deletions as a
 * whole, has them carried out or holds them. It counts from the stamps, which are what is stored, so that no crash
 * of a consumer can lose or double a count.
 */
export async function closeRun(parts: CloseParts, runId: string, emptyLooks: number): Promise<CloseResult> {
  const { catalog } = parts;
  const run = await catalog.readRun(runId);
  if (run?.status !== 'RUNNING') return { closed: true, ...(run?.summary && { summary: run.summary }) };
  const judgedAt = new Date(parts.now()).toISOString();
  const depth = await parts.depth();
  const listingForMs = parts.now() - Date.parse(run.listingAt);
  const listing = run.enumeratedAt === undefined && !run.haltedBy && listingForMs <= ABANDONED_MS;
  if (listing) return { closed: false, depth, emptyLooks: 0, listingForMs };
  if (depth > 0) return { closed: false, depth, emptyLooks: 0 };

  const tally = createTally(run);
  for (let shard = 0; shard < SHARDS; shard++) await countShard(parts, run, shard, tally);
  if (openIn(run, tally) > 0 && !run.haltedBy && emptyLooks + 1 < EMPTY_LOOKS) {
    return { closed: false, depth, emptyLooks: emptyLooks + 1 };
  }
  if (await askUnlisted(parts, run, tally)) return { closed: false, depth, emptyLooks: 0 };
  const verdict = await verdictOn(parts, run, tally, judgedAt);
  if (await askTombstones(parts, run, tally, verdict)) return { closed: false, depth, emptyLooks: 0 };
  return { closed: true, ...(await close(parts, run, tally, verdict)) };
}

async function countShard({ catalog }: CloseParts, run: Run, shard: number, tally: Tally): Promise<void> {
  const listed = await catalog.listedIn(run.runId, shard);
  for await (const stamp of catalog.communitiesIn(shard, { consistent: true })) {
    if (listed.delete(stamp.groupId)) tally.addListed(stamp.groupId, stamp);
    else tally.addUnlisted(stamp);
  }
  for (const groupId of listed) tally.addListed(groupId, undefined);
}

/** Communities that are waited for. Those that the list did not name are open only once they have been asked for. */
function openIn(run: Run, tally: Tally): number {
  const { approvedAt, reopenedAt, unlistedAskedAt, tombstonesAskedAt } = run;
  const deleting = tombstonesAskedAt === undefined ? 0 : tally.candidates.length;
  if (approvedAt !== undefined) return deleting;
  // A run is opened again for those that failed: they are among the failed until they are asked for once more.
  const waiting = reopenedAt === undefined ? tally.pending : tally.failed;
  return waiting + (unlistedAskedAt === undefined ? 0 : tally.unasked) + deleting;
}

async function close(
  parts: CloseParts,
  run: Run,
  tally: Tally,
  verdict: Verdict | undefined,
): Promise<{ summary?: RunSummary }> {
  const closedAt = new Date(parts.now()).toISOString();
  const isReleased = run.approvedAt !== undefined;
  const held = verdict && isHeld(run, verdict) ? verdict.reasons : [];
  // The write that stores the summary is part of what it reports.
  const cost = { writeUnits: parts.units.writeUnits + 1, readUnits: parts.units.readUnits };
  const counted = {
    ...tally.summary(run, closedAt, cost, isReleased || held.length > 0),
    // How long a person has thought about the list is not the run's.
    ...(run.trustedAt !== undefined && run.summary && { elapsedMs: run.summary.elapsedMs }),
  };
  const ending: Ending = isReleased
    ? endingAfterRelease(run, tally)
    : endingOf(reasonsAgainst(run, tally, parts.limits), held);
  const { status, reasons } = ending;
  const summary: RunSummary = { ...summaryOf(run, counted), status };
  const failures = isReleased ? (run.failures ?? []) : tally.failures;
  await parts.catalog.writeOutcome(run.runId, {
    status,
    closedAt,
    reasons,
    failures,
    summary,
    ...shrunkIn(run, tally, parts.limits),
  });
  return { summary };
}

/** What a run amounts to that may have been closed before. */
function summaryOf(
  { approvedAt, reopenedAt, summary: first }: Run,
  counted: Omit<RunSummary, 'status'>,
): Omit<RunSummary, 'status'> {
  if (first && approvedAt !== undefined) return summaryAfterRelease(first, counted);
  return first && reopenedAt !== undefined ? summaryAfterReopening(first, counted) : counted;
}

/** For whoever is to say whether so short a list is true; of a run that is halted nobody is asked. */
function shrunkIn(run: Run, tally: Tally, limits: Limits): Pick<Run, 'shrunkBy'> {
  const isDoubted = run.haltedBy !== undefined || enumerationDoubt(run, tally.listed) !== undefined;
  const shrunkBy = isDoubted ? undefined : shrinkage(run, tally, limits);
  if (shrunkBy !== undefined) return { shrunkBy };
  return run.shrunkBy === undefined || run.trustedAt !== undefined ? {} : { shrunkBy: 0 };
}
