import type { Run, RunSummary } from '../../shared/catalog/run.ts';
import { awaitsTrust, holdsDeletions } from '../../shared/catalog/run.ts';
import { inOrder } from '../output/summary.ts';
import type { Look } from './look.ts';

/**
 * How far a run is. interrupted: open, and nothing on this machine works on it · closed: it has ended · none: there never
 * was one.
 */
export type Phase =
  | 'listing'
  | 'syncing'
  | 'asking-unlisted'
  | 'deleting'
  | 'closing'
  | 'halted'
  | 'interrupted'
  | 'closed'
  | 'none';

/** What `status` prints. Times are ISO 8601 UTC; what is not known is absent. */
export interface Status {
  readonly at: string;
  readonly phase: Phase;
  readonly runId?: string;
  readonly status?: Run['status'];
  readonly startedAt?: string;
  readonly closedAt?: string;
  readonly elapsedMs?: number;
  /** Of an open run. */
  readonly communities?: CommunityProgress;
  readonly rate?: Rate;
  /** Communities that have failed so far, by the code of their last error. */
  readonly errors?: Readonly<Record<string, number>>;
  readonly deadLetters?: number;
  /** What is left by the rate so far, seconds. */
  readonly leftSeconds?: number;
  readonly waitsFor?: string;
  /** Of a closed run. */
  readonly reasons?: readonly string[];
  readonly summary?: RunSummary;
  /** When the next run begins. */
  readonly nextAt?: string;
  /** What this look has cost. */
  readonly readUnits: number;
}

interface CommunityProgress {
  /** Named by the list so far, and in all as far as the list says. */
  readonly listed: number;
  readonly total: number;
  readonly done?: number;
  /** Waiting or under way. */
  readonly open?: number;
  readonly failed: number;
}

interface Rate {
  /** Communities done a second, over the last looks. */
  readonly perSecond?: number;
  /** The same since the run began. */
  readonly overall?: number;
  /** Slots of the budget leased in the last whole second, by the run and by everybody else. */
  readonly slotsLeased?: number;
  readonly budget?: number;
}

/** A look at an open run, as far as progress is measured by it. */
export interface Mark {
  readonly at: number;
  readonly runId: string;
  readonly done: number;
}

/** The state of affairs. @param earlier marks of the same watch, oldest first */
export function statusOf(look: Look, earlier: readonly Mark[] = []): Status {
  const { run, nextAt, deadLetters, readUnits } = look;
  const common = {
    at: new Date(look.at).toISOString(),
    ...(deadLetters !== undefined && { deadLetters }),
    ...(nextAt !== undefined && { nextAt }),
    readUnits,
  };
  if (!run) return { ...common, phase: 'none' };
  const { runId, status, startedAt } = run;
  const known = { ...common, runId, status, startedAt };
  return status === 'RUNNING'
    ? { ...known, ...openStatus(look, run, earlier) }
    : { ...known, ...closedStatus(run) };
}

/** What a look adds to the marks of a watch; undefined of a run that is not open, or whose queue is out of sight. */
export function markOf({ at, run, depth }: Look): Mark | undefined {
  if (run?.status !== 'RUNNING' || depth === undefined) return undefined;
  return { at, runId: run.runId, done: doneOf(run, depth) };
}

function closedStatus(run: Run): Omit<Status, 'at' | 'readUnits'> {
  const { closedAt, reasons = [], summary, runId } = run;
  const approve = `a person's word: deletions, then deletions --approve ${runId}`;
  return {
    phase: 'closed',
    ...(closedAt !== undefined && { closedAt }),
    ...(reasons.length > 0 && { reasons }),
    ...(summary && { summary: inOrder(summary) }),
    ...((holdsDeletions(run) || awaitsTrust(run)) && { waitsFor: approve }),
  };
}

function openStatus(look: Look, run: Run, earlier: readonly Mark[]): Omit<Status, 'at' | 'readUnits'> {
  const { at, depth, failing } = look;
  const phase = phaseOf(look, run);
  const total = Math.max(run.totalCountMax ?? 0, run.listedIds);
  const done = depth === undefined ? undefined : doneOf(run, depth);
  const rate = rateOf(look, run, done, earlier);
  const left = leftOf(phase, rate, total - (done ?? 0), at - Date.parse(run.startedAt));
  return {
    phase,
    elapsedMs: at - Date.parse(run.startedAt),
    communities: {
      ...{ listed: run.listedIds, total },
      ...(done !== undefined && { done }),
      ...(depth !== undefined && { open: depth }),
      failed: failing.communities,
    },
    rate,
    errors: failing.errors,
    ...(left !== undefined && done !== undefined && { leftSeconds: left }),
    waitsFor: waitsFor(phase, look, run),
  };
}

/** What is listed and no longer queued is done. SQS counts approximately, and so does this. */
function doneOf({ listedIds }: Run, depth: number): number {
  return Math.max(0, listedIds - depth);
}

function phaseOf({ depth, isAttended }: Look, run: Run): Phase {
  if (!isAttended) return 'interrupted';
  if (run.haltedBy) return 'halted';
  if (run.enumeratedAt === undefined) return 'listing';
  if (depth === 0) return 'closing';
  if (run.tombstonesAskedAt !== undefined) return 'deleting';
  return run.unlistedAskedAt === undefined ? 'syncing' : 'asking-unlisted';
}

/** Marks that lie this far apart tell a rate. */
const RATE_MS = 4000;

function rateOf(look: Look, run: Run, done: number | undefined, earlier: readonly Mark[]): Rate {
  const { at, slotsLeased, callsPerSecond: budget } = look;
  const first = earlier.find(({ runId }) => runId === run.runId);
  const seconds = (at - (first?.at ?? at)) / 1000;
  const perSecond =
    first && done !== undefined && seconds * 1000 >= RATE_MS ? (done - first.done) / seconds : undefined;
  // Of a run that was begun anew, what was done before is not this time's.
  const isWhole = run.listingAt === run.startedAt && run.reopenedAt === undefined;
  const elapsed = (at - Date.parse(run.startedAt)) / 1000;
  const overall = isWhole && done !== undefined && elapsed > 1 ? done / elapsed : undefined;
  return {
    ...(perSecond !== undefined && { perSecond: round(perSecond) }),
    ...(overall !== undefined && { overall: round(overall) }),
    ...(slotsLeased !== undefined && { slotsLeased }),
    ...(budget !== undefined && { budget }),
  };
}

/** A run so young has no rate to tell the future by. */
const YOUNG_MS = 5000;

function leftOf(
  phase: Phase,
  { perSecond, overall }: Rate,
  open: number,
  elapsedMs: number,
): number | undefined {
  const rate = perSecond ?? overall ?? 0;
  if ((phase !== 'listing' && phase !== 'syncing') || elapsedMs < YOUNG_MS || rate <= 0) return undefined;
  return Math.ceil(open / rate);
}

function waitsFor(phase: Phase, { depth, deadLetters = 0 }: Look, run: Run): string {
  const { haltedBy, pages, runId } = run;
  const lost = deadLetters > 0 ? '; some are dead letters: see redrive' : '';
  const texts: Record<Phase, string> = {
    listing: `the list, at one page a second; ${pages} pages are read`,
    syncing: `the communities in the queue${depth === undefined ? ', which is out of sight' : ''}`,
    'asking-unlisted': `${depth ?? 'some'} communities that the list did not name`,
    deleting: `confirmed deletions in ${depth ?? 'some'} communities`,
    closing: `close-run, which looks at least once a minute${lost}`,
    halted: `its end, without a further call: ${haltedBy?.message ?? ''}`,
    interrupted: `a sync, which goes on with it: the process that worked on ${runId} has ended`,
    closed: '',
    none: '',
  };
  return texts[phase];
}

function round(rate: number): number {
  return Math.round(rate * 10) / 10;
}
