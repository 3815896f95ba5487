import type { Catalog } from '../../shared/catalog/index.ts';
import type { Run } from '../../shared/catalog/run.ts';
import type { CallMeter, GroupPage } from '../../shared/chat/index.ts';
import { ApiError, CODES, TransportError } from '../../shared/chat/index.ts';

/** What listing an app's communities needs of the world. */
export interface EnumerateParts {
  readonly catalog: Pick<Catalog, 'openRun' | 'putListed' | 'advanceRun'>;
  /** One page of the app's Community groups, in good time for the list API's limit. */
  listPage(request: { limit: number; next: bigint }): Promise<GroupPage>;
  /** Has close-run look for the end of the run from now on: whatever becomes of the listing, the run ends. */
  wakeCloser(): Promise<void>;
  /** Queues communities of the run. Resolves once every one of them is queued. */
  enqueue(runId: string, groupIds: readonly string[]): Promise<void>;
  now(): number;
}

/**
 * listed: every page is queued · stopped: the deadline came first · overtaken: another delivery of the same
 * schedule is listing too · closed: the run has ended already.
 */
export type EnumerateOutcome = 'listed' | 'stopped' | 'overtaken' | 'closed';

/** The largest page (tencentcloud.com/document/product/1047/34960). */
export const LARGEST_PAGE = 10_000;

/** Pages without a community that are followed in a row: a list that goes on like this has lost its end. */
const EMPTY_PAGES = 10;

/** Time that one page may need: a call with its retries, and the queueing of 10,000 messages. */
const PAGE_MS = 20_000;

/**
 * Lists the app's communities and queues them, page by page. The ledger's cursor advances only after the page
 * that it covers is queued, so a repeat of the same event goes on where this one stopped.
 * @param deadline epoch milliseconds, by which the function must have returned
 * @throws whatever `listPage` and `enqueue` throw; the pages before stay queued
 */
export async function enumerate(
  parts: EnumerateParts,
  runId: string,
  deadline: number,
): Promise<EnumerateOutcome> {
  const startedAt = new Date(parts.now()).toISOString();
  let run: Run | undefined = await parts.catalog.openRun({ runId, startedAt, limit: LARGEST_PAGE });
  if (run.status === 'RUNNING') await parts.wakeCloser();
  let emptyPages = 0;
  const limits = createPageLimits();
  while (run && run.status === 'RUNNING' && run.enumeratedAt === undefined) {
    if (parts.now() + PAGE_MS > deadline) return 'stopped';
    const { listedIds }: Run = run;
    run = await queuePage(parts, run, { emptyPages, limits, deadline });
    emptyPages = run?.listedIds === listedIds ? emptyPages + 1 : 0;
  }
  if (!run) return 'overtaken';
  return run.status === 'RUNNING' ? 'listed' : 'closed';
}

/** Queues one page and advances the cursor. @returns undefined when another delivery did so first */
async function queuePage(
  parts: EnumerateParts,
  run: Run,
  { emptyPages, limits, deadline }: { emptyPages: number; limits: PageLimits; deadline: number },
): Promise<Run | undefined> {
  const { limit, page } = await listFitting(parts, run, limits, deadline);
  const { runId, pages } = run;
  await parts.catalog.putListed({ runId, page: pages, groupIds: page.groupIds, now: parts.now() });
  await parts.enqueue(runId, page.groupIds);
  const next = String(page.next);
  const problem = page.next === 0n ? undefined : endlessness(run, page, emptyPages);
  return parts.catalog.advanceRun(run, {
    next,
    limit: limits.after(limit),
    groupIds: page.groupIds.length,
    totalCount: page.totalCount,
    ...((page.next === 0n || problem !== undefined) && { enumeratedAt: new Date(parts.now()).toISOString() }),
    ...(problem !== undefined && { enumerationProblem: problem }),
  });
}

/**
 * Why a page with a cursor is the last that is followed; a sentence, or undefined when the list may go on. Each of
 * these would lead round in a circle: the enumeration ends, and is not complete.
 */
function endlessness(run: Run, page: GroupPage, emptyPages: number): string | undefined {
  const next = String(page.next);
  if (run.cursors.includes(next) || next === run.next) return `the list gave the cursor ${next} twice`;
  if (page.groupIds.length === 0 && emptyPages + 1 >= EMPTY_PAGES)
    return `the list gave ${EMPTY_PAGES} pages in a row without a community, and no end`;
  const named = run.listedIds + page.groupIds.length;
  const total = Math.max(run.totalCountMax ?? 0, page.totalCount);
  // Communities that are created while it is read are far fewer.
  if (named <= 2 * total + LARGEST_PAGE) return undefined;
  return `the list goes on after ${named} communities, its TotalCount says ${total}`;
}

/**
 * Asks for a page, halving it while the API finds the answer too large (10018: over 1 MB), or cannot make it in time.
 * @throws the API's error once a page is as small as it gets, or the time is over
 */
async function listFitting(
  parts: EnumerateParts,
  run: Run,
  limits: PageLimits,
  deadline: number,
): Promise<{ limit: number; page: GroupPage }> {
  for (let limit = run.limit; ; limit = Math.floor(limit / 2)) {
    try {
      return { limit, page: await parts.listPage({ limit, next: BigInt(run.next) }) };
    } catch (error) {
      if (isTooLarge(error) && limit > 1) limits.tooLarge(limit);
      else if (!isTimeout(error) || limit <= SMALLEST_SLOW_PAGE || parts.now() + PAGE_MS > deadline)
        throw error;
    }
  }
}

/** A page that cannot be had in time at this size cannot be had: the API has another trouble than its length. */
const SMALLEST_SLOW_PAGE = 100;

/** How long pages may be. */
interface PageLimits {
  /** Notes that a page of that length is too large: none will be as long again. */
  tooLarge(limit: number): void;
  /** How long the page may be that follows one of that length: after one that only took too long they grow back. */
  after(limit: number): number;
}

function createPageLimits(): PageLimits {
  let most = LARGEST_PAGE;
  return {
    tooLarge: (limit) => {
      most = Math.min(most, Math.floor(limit / 2));
    },
    after: (limit) => Math.min(most, limit * 2),
  };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.treatment === 'split';
}

/** The API said so (60008), or gave no answer to what had been sent. Every attempt of a call has ended like this. */
function isTimeout(error: unknown): boolean {
  if (error instanceof ApiError) return error.code === CODES.timeout;
  return error instanceof TransportError && error.mayHaveHappened && error.status === undefined;
}

/** A meter for the calls of one invocation. */
export function createCallMeter(): CallMeter {
  return { calls: 0, retries: 0, rateLimited: 0 };
}
