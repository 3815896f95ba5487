import type { Catalog } from '../../shared/catalog/index.ts';
import { SHARDS } from '../../shared/catalog/keys.ts';
import type { Run, RunSummary } from '../../shared/catalog/run.ts';
import type { UnitMeter } from '../../shared/catalog/units.ts';
import { createTally, type Tally } from '../../shared/sync/tally.ts';
import { enumerationDoubt, reasonsAgainst } from '../../shared/sync/verdict.ts';

/** What closing a run needs of the world. */
export interface CloseParts {
  readonly catalog: Catalog;
  /** Messages waiting, under way and delayed in the communities queue, approximately. */
  depth(): Promise<number>;
  /** Queues mirrored communities that the run's list did not name. */
  enqueueUnlisted(runId: string, groupIds: readonly string[]): Promise<void>;
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

/** Unlisted communities that are queued at a time. */
const UNLISTED_BATCH = 1000;

/**
 * Closes a run once its queue is drained. It counts from the stamps, which are what is stored, so that no crash
 * of a consumer can lose or double a count.
 */
export async function closeRun(parts: CloseParts, runId: string, emptyLooks: number): Promise<CloseResult> {
  const { catalog } = parts;
  const run = await catalog.readRun(runId);
  if (run?.status !== 'RUNNING') return { closed: true, ...(run?.summary && { summary: run.summary }) };
  const depth = await parts.depth();
  const listing = run.enumeratedAt === undefined && !run.haltedBy && !isAbandoned(run, parts.now());
  if (depth > 0 || listing) return { closed: false, depth, emptyLooks: 0 };

  const tally = createTally(run);
  for (let shard = 0; shard < SHARDS; shard++) await countShard(parts, run, shard, tally);
  // Those that the list did not name are open only once they have been asked for.
  const open = tally.pending + (run.unlistedAskedAt === undefined ? 0 : tally.unasked);
  if (open > 0 && !run.haltedBy && emptyLooks + 1 < EMPTY_LOOKS) {
    return { closed: false, depth, emptyLooks: emptyLooks + 1 };
  }
  if (await askUnlisted(parts, run, tally)) return { closed: false, depth, emptyLooks: 0 };
  return { closed: true, ...(await close(parts, run, tally)) };
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

/**
 * Asks for mirrored communities that the list did not name, once a run, and only when the list was provably
 * complete: not being listed is no proof that a community is gone.
 * @returns whether any were asked for
 */
async function askUnlisted(
  { catalog, enqueueUnlisted, now }: CloseParts,
  run: Run,
  tally: Tally,
): Promise<boolean> {
  if (tally.unasked === 0 || run.haltedBy || run.unlistedAskedAt !== undefined) return false;
  if (enumerationDoubt(run, tally.listed) !== undefined) return false;
  for (let shard = 0; shard < SHARDS; shard++) {
    const listed = await catalog.listedIn(run.runId, shard);
    let batch: string[] = [];
    for await (const { groupId, status } of catalog.communitiesIn(shard, { consistent: true })) {
      if (listed.has(groupId) || status === 'deleted') continue;
      batch.push(groupId);
      if (batch.length < UNLISTED_BATCH) continue;
      await enqueueUnlisted(run.runId, batch);
      batch = [];
    }
    await enqueueUnlisted(run.runId, batch);
  }
  // After the queueing, not before: a crash in between asks twice, which is harmless.
  await catalog.markUnlistedAsked(run.runId, new Date(now()).toISOString());
  return true;
}

async function close(parts: CloseParts, run: Run, tally: Tally): Promise<{ summary?: RunSummary }> {
  const closedAt = new Date(parts.now()).toISOString();
  const reasons = reasonsAgainst(run, tally);
  const status = reasons.length === 0 ? 'COMPLETE' : 'INCOMPLETE';
  // The write that stores the summary is part of what it reports.
  const cost = { writeUnits: parts.units.writeUnits + 1, readUnits: parts.units.readUnits };
  const summary: RunSummary = { ...tally.summary(run, closedAt, cost), status };
  const outcome = { status, closedAt, reasons, failures: tally.failures, summary } as const;
  await parts.catalog.writeOutcome(run.runId, outcome);
  return { summary };
}
