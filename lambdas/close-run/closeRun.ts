import type { Catalog } from '../../shared/catalog/index.ts';
import { SHARDS } from '../../shared/catalog/keys.ts';
import type { Run, RunSummary, Verdict } from '../../shared/catalog/run.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import { type Limits, reasonsToHold } from '../../shared/sync/guard.ts';
import { createTally, type Tally } from '../../shared/sync/tally.ts';
import {
  type Ending,
  endingAfterRelease,
  endingOf,
  enumerationDoubt,
  reasonsAgainst,
  summaryAfterRelease,
} from '../../shared/sync/verdict.ts';
import { askUnlisted } from './askUnlisted.ts';

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
  | { readonly closed: false; readonly depth: number; readonly emptyLooks: number };

/**
 * The queue's counts are approximate: with communities still open, this many empty looks in a row are needed
 * before the run is closed without them.
 */
const EMPTY_LOOKS = 3;

/** A listing that was last begun so long ago has used up its attempts: the run ends without a complete list. */
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
  const listing = run.enumeratedAt === undefined && !run.haltedBy && !isAbandoned(run, parts.now());
  if (depth > 0 || listing) return { closed: false, depth, emptyLooks: 0 };

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

/**
 * Whether nobody is listing any more. An invocation lasts 15 minutes at most, and the platform begins the next
 * attempt within minutes (docs.aws.amazon.com, Lambda: quotas, asynchronous invocation).
 */
function isAbandoned({ listingAt }: Run, now: number): boolean {
  return now - Date.parse(listingAt) > ABANDONED_MS;
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
function openIn({ approvedAt, unlistedAskedAt, tombstonesAskedAt }: Run, tally: Tally): number {
  const deleting = tombstonesAskedAt === undefined ? 0 : tally.candidates.length;
  if (approvedAt !== undefined) return deleting;
  return tally.pending + (unlistedAskedAt === undefined ? 0 : tally.unasked) + deleting;
}

/**
 * Judges the run's confirmed deletions, once. A halted run, or one whose list was not provably complete, is not
 * judged and deletes nothing: the guard would see only a part.
 */
async function verdictOn(
  { catalog, limits }: CloseParts,
  run: Run,
  tally: Tally,
  judgedAt: string,
): Promise<Verdict | undefined> {
  if (run.verdict || tally.candidates.length === 0 || run.haltedBy) return run.verdict;
  if (enumerationDoubt(run, tally.listed) !== undefined) return undefined;
  const verdict = { judgedAt, reasons: reasonsToHold(tally.deletions, limits) };
  // Before anything is queued: a repeat must not judge what is left of a run that is being carried out.
  if (await catalog.noteVerdict(run.runId, verdict)) return verdict;
  return (await catalog.readRun(run.runId))?.verdict;
}

/**
 * Queues the communities whose deletions the guard allows, or a person has approved, once a run.
 * @returns whether any were queued
 */
async function askTombstones(
  { catalog, enqueueConfirmed, now }: CloseParts,
  run: Run,
  { candidates }: Tally,
  verdict: Verdict | undefined,
): Promise<boolean> {
  if (!verdict || isHeld(run, verdict) || run.haltedBy) return false;
  if (candidates.length === 0 || run.tombstonesAskedAt !== undefined) return false;
  await enqueueConfirmed(run.runId, candidates, verdict.judgedAt);
  // After the queueing, not before: a crash in between queues twice, which is harmless.
  await catalog.markTombstonesAsked(run.runId, new Date(now()).toISOString());
  return true;
}

function isHeld({ approvedAt }: Run, { reasons }: Verdict): boolean {
  return reasons.length > 0 && approvedAt === undefined;
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
  const counted = tally.summary(run, closedAt, cost, isReleased || held.length > 0);
  const ending: Ending = isReleased
    ? endingAfterRelease(run, tally)
    : endingOf(reasonsAgainst(run, tally), held);
  const { status, reasons } = ending;
  const summary: RunSummary =
    isReleased && run.summary
      ? { ...summaryAfterRelease(run.summary, counted), status }
      : { ...counted, status };
  const failures = isReleased ? (run.failures ?? []) : tally.failures;
  await parts.catalog.writeOutcome(run.runId, { status, closedAt, reasons, failures, summary });
  return { summary };
}
