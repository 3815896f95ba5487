import { randomUUID } from 'node:crypto';
import { appKey, runKey } from './keys.ts';
import type { Run, Verdict } from './run.ts';
import { readRun } from './runs.ts';
import type { Expression, Store } from './store.ts';
import type { UnitMeter } from './units.ts';
import { updateRun } from './updateRun.ts';
import { putItem, updateItem } from './writeItems.ts';

const STILL_RUNNING = {
  expression: '#status = :running',
  names: { '#status': 'status' },
  values: { ':running': 'RUNNING' },
} satisfies Expression;

/**
 * Opens a run, or finds the one that an earlier delivery of the same schedule opened.
 * @param opened.startedAt now, ISO 8601 UTC
 */
export async function openRun(
  store: Store,
  sdkAppId: number,
  opened: Pick<Run, 'runId' | 'startedAt' | 'limit'>,
): Promise<Run> {
  await putItem(store, { ...appKey(sdkAppId), itemType: 'app' });
  const zero = {
    pages: 0,
    next: '0',
    cursors: [],
    listedIds: 0,
    listCalls: 0,
    retries: 0,
    rateLimited: 0,
    writeUnits: 0,
    readUnits: 0,
  };
  const run: Run = { ...opened, listingAt: opened.startedAt, status: 'RUNNING', ...zero };
  const isNew = await putItem(
    store,
    { ...runKey(sdkAppId, run.runId), itemType: 'run', ...run },
    { expression: 'attribute_not_exists(pk)' },
  );
  if (isNew) return run;
  await updateRun(store, sdkAppId, run.runId, { listingAt: opened.startedAt }, STILL_RUNNING);
  return (await readRun(store, sdkAppId, run.runId)) ?? run;
}

/** What a queued page adds to the ledger. */
export interface PageQueued {
  readonly next: string;
  readonly limit: number;
  readonly groupIds: number;
  readonly totalCount: number;
  /** Set on the last page. */
  readonly enumeratedAt?: string;
  readonly enumerationProblem?: string;
}

/**
 * Advances the enumeration by the page that has just been listed and queued.
 * @returns the run as it stands, or undefined when another delivery of the schedule was faster
 */
export async function advanceRun(
  store: Store,
  sdkAppId: number,
  run: Run,
  page: PageQueued,
): Promise<Run | undefined> {
  const advanced: Run = {
    ...run,
    pages: run.pages + 1,
    next: page.next,
    limit: page.limit,
    listedIds: run.listedIds + page.groupIds,
    totalCountMin: Math.min(run.totalCountMin ?? page.totalCount, page.totalCount),
    totalCountMax: Math.max(run.totalCountMax ?? page.totalCount, page.totalCount),
    cursors: [...run.cursors, page.next],
    advancedBy: randomUUID(),
    ...(page.enumeratedAt !== undefined && { enumeratedAt: page.enumeratedAt }),
    ...(page.enumerationProblem !== undefined && { enumerationProblem: page.enumerationProblem }),
  };
  const { runId: _id, status: _status, startedAt: _at, ...set } = advanced;
  const accepted = await updateRun(store, sdkAppId, run.runId, withoutCharges(set), {
    // A repeated request whose first answer was lost finds its own mark there.
    expression: '(#pages = :before OR advancedBy = :advancedBy) AND #status = :running',
    names: { '#pages': 'pages', '#status': 'status' },
    values: { ':before': run.pages, ':running': 'RUNNING' },
  });
  return accepted ? advanced : undefined;
}

/** What an advance sets: charges are added by others meanwhile, so they are left out. */
function withoutCharges(set: Partial<Run>): Partial<Run> {
  const { listCalls: _1, retries: _2, rateLimited: _3, writeUnits: _4, readUnits: _5, ...rest } = set;
  return rest;
}

/** Adds calls and units that no community's stamp accounts for, while the run is open. */
export async function chargeRun(
  store: Store,
  sdkAppId: number,
  runId: string,
  { listCalls = 0, retries = 0, rateLimited = 0, writeUnits, readUnits }: Partial<Run> & UnitMeter,
): Promise<void> {
  const added = { listCalls, retries, rateLimited, writeUnits: writeUnits + 1, readUnits };
  const names = Object.keys(added);
  await updateItem(
    store,
    runKey(sdkAppId, runId),
    {
      expression: `ADD ${names.map((name) => `#${name} :${name}`).join(', ')}`,
      names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      values: Object.fromEntries(Object.entries(added).map(([name, value]) => [`:${name}`, value])),
    },
    STILL_RUNNING,
  );
}

/** Notes that mirrored communities which the list did not name are being asked for. */
export function markUnlistedAsked(
  store: Store,
  sdkAppId: number,
  runId: string,
  at: string,
): Promise<boolean> {
  return updateRun(store, sdkAppId, runId, { unlistedAskedAt: at }, STILL_RUNNING);
}

/** Notes what the guard said, once: a later look keeps to it. */
export function noteVerdict(
  store: Store,
  sdkAppId: number,
  runId: string,
  verdict: Verdict,
): Promise<boolean> {
  return updateRun(
    store,
    sdkAppId,
    runId,
    { verdict },
    { ...STILL_RUNNING, expression: `${STILL_RUNNING.expression} AND attribute_not_exists(verdict)` },
  );
}

/** Notes that the communities whose deletions may be carried out are queued. */
export function markTombstonesAsked(
  store: Store,
  sdkAppId: number,
  runId: string,
  at: string,
): Promise<boolean> {
  return updateRun(store, sdkAppId, runId, { tombstonesAskedAt: at }, STILL_RUNNING);
}

/** Notes the error that ends the run for every community; the first one stays. */
export function haltRun(
  store: Store,
  sdkAppId: number,
  runId: string,
  haltedBy: NonNullable<Run['haltedBy']>,
): Promise<boolean> {
  return updateRun(
    store,
    sdkAppId,
    runId,
    { haltedBy },
    {
      ...STILL_RUNNING,
      expression: `${STILL_RUNNING.expression} AND attribute_not_exists(haltedBy)`,
    },
  );
}

/** Writes a run's outcome. @returns false when it was closed already */
export function writeOutcome(
  store: Store,
  sdkAppId: number,
  runId: string,
  outcome: Required<Pick<Run, 'status' | 'closedAt' | 'reasons' | 'failures' | 'summary'>> &
    Pick<Run, 'shrunkBy'>,
): Promise<boolean> {
  return updateRun(store, sdkAppId, runId, outcome, STILL_RUNNING);
}
