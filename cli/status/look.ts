import { communitiesWanting } from '../../shared/catalog/attention.ts';
import type { Community } from '../../shared/catalog/community.ts';
import { slotsKey } from '../../shared/catalog/keys.ts';
import { getItem } from '../../shared/catalog/readItems.ts';
import type { Run } from '../../shared/catalog/run.ts';
import { runsOf } from '../../shared/catalog/runs.ts';
import { metered, type Store } from '../../shared/catalog/store.ts';
import { createUnitMeter } from '../../shared/catalog/units.ts';
import { ceilingOver, topicBudget, windowAt } from '../../shared/rate/budget.ts';

/** What is looked at. */
export interface Sight {
  readonly store: Store;
  readonly sdkAppId: number;
  /** Budget of get_topic; undefined when these credentials may not know it. */
  readonly callsPerSecond: number | undefined;
  /** Messages waiting and under way in the communities queue, and its dead letters; undefined: out of sight. */
  depth(): Promise<number | undefined>;
  deadLetters(): Promise<number | undefined>;
  /** Whether something works on an open run; of a run of this machine that is known. */
  readonly isAttended: boolean;
  /** When the next run begins, ISO 8601 UTC. */
  readonly nextAt?: string;
}

/** What one look has seen. */
export interface Look {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly run: Run | undefined;
  readonly depth: number | undefined;
  readonly deadLetters: number | undefined;
  /** Slots of the budget that were leased in the last whole second; an upper bound where few are. */
  readonly slotsLeased: number | undefined;
  readonly callsPerSecond: number | undefined;
  readonly failing: Failing;
  readonly isAttended: boolean;
  readonly nextAt?: string;
  /** What this look has cost. */
  readonly readUnits: number;
}

/** Communities that the run has failed to read so far, and their errors by code. */
export interface Failing {
  readonly communities: number;
  readonly errors: Readonly<Record<string, number>>;
}

const NONE: Failing = { communities: 0, errors: {} };

/** Runs that are looked through for one that is open: the newest, or one of the last that was opened again. */
const RUNS = 3;

/** Failing communities are counted this seldom: they are as many items to read. */
const FAILING_EVERY_MS = 10_000;

/** Looks at the newest run, again and again, for about two read units a time while nothing fails. */
export function createLooker(now: () => number): (sight: Sight) => Promise<Look> {
  let failing = NONE;
  let failingOf: string | undefined;
  let countedAt = Number.NEGATIVE_INFINITY;
  return async (sight) => {
    const meter = createUnitMeter();
    const seen = { ...sight, store: metered(sight.store, meter) };
    const run = await runOf(seen);
    const isOpen = run?.status === 'RUNNING';
    const counted = await Promise.all([
      sight.depth().catch(() => undefined),
      sight.deadLetters().catch(() => undefined),
      isOpen ? slotsOf(seen, now()) : undefined,
    ]);
    if (isOpen && (now() - countedAt >= FAILING_EVERY_MS || run.runId !== failingOf)) {
      failing = await failingIn(seen, run);
      [failingOf, countedAt] = [run.runId, now()];
    }
    const [depth, deadLetters, slotsLeased] = counted;
    const { callsPerSecond, isAttended, nextAt } = sight;
    return {
      ...{ at: now(), run, depth, deadLetters, slotsLeased, callsPerSecond, isAttended },
      failing: isOpen ? failing : NONE,
      ...(nextAt !== undefined && { nextAt }),
      readUnits: meter.readUnits,
    };
  };
}

async function runOf({ store, sdkAppId }: Sight): Promise<Run | undefined> {
  const runs = await Array.fromAsync(runsOf(store, sdkAppId, { limit: RUNS }));
  return runs.find((run, index) => run.status === 'RUNNING' && (index === 0 || isOpenAgain(run))) ?? runs[0];
}

function isOpenAgain({ approvedAt, trustedAt, reopenedAt }: Run): boolean {
  return (approvedAt ?? trustedAt ?? reopenedAt) !== undefined;
}

/** Of the last two whole windows the fuller one: clocks differ a little. */
async function slotsOf({ store, sdkAppId, callsPerSecond }: Sight, at: number): Promise<number | undefined> {
  if (callsPerSecond === undefined) return undefined;
  const budget = topicBudget(callsPerSecond, ceilingOver(callsPerSecond));
  const window = windowAt(budget, at);
  const keys = [window - 1, window - 2].map((one) => slotsKey(sdkAppId, budget.api, one));
  const items = await Promise.all(keys.map((key) => getItem(store, key, false)));
  const used = items.map((item) => Math.min(budget.slots, Number(item?.['used'] ?? 0)));
  return Math.round((Math.max(...used) * 1000) / budget.windowMs);
}

async function failingIn({ store, sdkAppId }: Sight, { runId }: Run): Promise<Failing> {
  const errors: Record<string, number> = {};
  let communities = 0;
  for await (const stamp of communitiesWanting(store, sdkAppId, ['community-failing'])) {
    if (!failsIn(stamp, runId)) continue;
    const code = String(stamp.lastErrorCode ?? 'no code');
    errors[code] = (errors[code] ?? 0) + 1;
    communities += 1;
  }
  return { communities, errors };
}

function failsIn({ run, lastErrorRunId }: Community, runId: string): boolean {
  return (run?.id === runId && run.outcome === 'failed') || lastErrorRunId === runId;
}
